// A small chart: the time that each move took.

import { h, svg } from "../lib/dom.js";
import { duration, t } from "../lib/i18n.js";

const [WIDTH, HEIGHT] = [300, 60];

/**
 * Makes the chart. A press on it calls `open` with the index of the move there.
 * @param {{ side: number, text: string, seconds: number }[]} steps
 * @param {number} viewed
 * @param {(index: number) => void} open
 */
export function timeChart(steps, viewed, open) {
  const longest = Math.max(1, ...steps.map(({ seconds }) => seconds));
  const width = WIDTH / Math.max(steps.length, 12);
  const bars = steps.map(({ side, text, seconds }, index) => {
    const height = Math.max(2, (seconds / longest) * (HEIGHT / 2 - 3));
    return svg("rect", {
      class: `bar side-${side} ${index === viewed ? "viewed" : ""}`,
      x: index * width + 1, width: Math.max(width - 2, 1), rx: 1.5,
      y: side ? HEIGHT / 2 + 1 : HEIGHT / 2 - 1 - height, height,
    }, svg("title", {}, `${text}: ${duration(seconds)}`));
  });
  const label = t("chart.times", { time: duration(longest) });
  const drawing = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label, preserveAspectRatio: "none" },
    svg("line", { class: "axis", x1: 0, x2: WIDTH, y1: HEIGHT / 2, y2: HEIGHT / 2 }), bars);
  drawing.addEventListener("click", (event) => {
    const box = drawing.getBoundingClientRect();
    const index = Math.floor(((event.clientX - box.left) / box.width) * WIDTH / width);
    if (index < steps.length) {
      open(index);
    }
  });
  return h("figure", { class: "chart" }, drawing, h("figcaption", {}, label));
}
