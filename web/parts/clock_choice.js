// The choice of a clock: none, a usual one, or one's own.

import { h, put } from "../lib/dom.js";
import { number, t } from "../lib/i18n.js";
import { SPEEDS, secondsOf, speedOf, speedWords } from "../lib/speeds.js";

/** @typedef {Record<string, number>} Clock */

const OWN = "own";
const MINUTE_SECONDS = 60;
const OTHER_SPEED = Math.log(1.5); // as far as a game that takes half as long again
/** @type {Clock[]} */
const USUAL = [
  { initial: 60, increment: 0 },
  { initial: 180, increment: 2 }, { initial: 300, increment: 3 },
  { initial: 600, increment: 0 }, { initial: 600, period: 30, periods: 3 }, { initial: 300, delay: 5 }, { initial: 300, bronstein: 5 },
  { initial: 1800, increment: 20 },
  { days: 1, vacation: 3 }, { days: 3, vacation: 7 }, { days: 7, vacation: 14 },
];
const INITIAL = [1, 10_800, 600];
/** @type {Record<string, Record<string, number[]>>} by kind, what a clock has: the least, the most, and what it is at first; in seconds, but for days */
export const KINDS = {
  fischer: { initial: INITIAL, increment: [0, 180, 5] },
  byoyomi: { initial: [0, 10_800, 600], period: [1, 600, 30], periods: [1, 25, 3] },
  delay: { initial: INITIAL, delay: [1, 180, 5] },
  bronstein: { initial: INITIAL, bronstein: [1, 180, 5] },
  days: { days: [1, 14, 3], vacation: [0, 30, 7] },
};

/**
 * Makes the choice: its elements, and `value` that returns the clock.
 * @param {string} prefix of the ids of elements
 * @param {string} wanted the JSON of what is chosen at first, if it can be
 * @param {() => void} changed
 */
export function clockChoice(prefix, wanted, changed) {
  const option = (/** @type {Clock | null} */ clock) => h("option", { value: JSON.stringify(clock) }, clockWords(clock));
  const groups = SPEEDS.map((speed) => h("optgroup", { label: speedWords(speed) }, USUAL.filter((each) => speedOf(each) === speed).map(option)));
  const select = h("select", { id: `${prefix}clock`, on: { change: () => { show(); changed(); } } },
    option(null), groups, h("option", { value: OWN }, t("clock.own")));
  const own = ownClock(`${prefix}clock-`, changed);
  let last = parsed(wanted);
  const show = () => {
    own.element.hidden = select.value !== OWN;
    if (select.value === OWN) {
      own.fill(last);
    } else {
      last = JSON.parse(select.value);
    }
  };
  select.value = JSON.stringify(last);
  if (select.selectedIndex < 0) {
    select.value = OWN;
  }
  show();
  return {
    elements: [h("div", { class: "field" }, h("label", { for: select.id }, t("options.clock")), select), own.element],
    value: () => (select.value === OWN ? own.value() : /** @type {Clock | null} */ (JSON.parse(select.value))),
  };
}

/** Makes the form for a clock of any kind. @param {string} prefix @param {() => void} changed */
function ownClock(prefix, changed) {
  /** @type {Clock} */
  let clock = {};
  const kind = h("select", { id: `${prefix}kind`, on: { change: () => { draw(); changed(); } } },
    Object.keys(KINDS).map((name) => h("option", { value: name }, t(`clock.kind.${name}`))));
  const fields = h("div", { class: "clock-fields" });
  const speed = h("p", { class: "hint", role: "status" });
  const say = () => put(speed, `${t("options.speed")}: `, speedWords(/** @type {import("../lib/speeds.js").Speed} */ (speedOf(clock))));
  const field = (/** @type {[string, number[]]} */ [name, [min, max]]) => {
    const unit = name === "initial" ? MINUTE_SECONDS : 1;
    const shown = () => String(Number((clock[name] / unit).toFixed(2)));
    const take = () => {
      clock[name] = input.value ? within(Math.round(Number(input.value) * unit), min, max) : clock[name];
      input.value = shown();
      say();
      changed();
    };
    const input = h("input", { id: prefix + name, type: "number", min: min / unit, max: max / unit, step: "any", inputmode: "decimal", value: shown(), on: { change: take } });
    return h("div", { class: "field" }, h("label", { for: input.id }, t(`clock.field.${name}`)), input);
  };
  const draw = () => {
    const entries = Object.entries(KINDS[kind.value]);
    clock = Object.fromEntries(entries.map(([name, [min, max, first]]) => [name, within(clock[name] ?? first, min, max)]));
    put(fields, entries.map(field));
    say();
  };
  return {
    element: h("div", { class: "own-clock", role: "group", "aria-label": t("clock.own") },
      h("div", { class: "field" }, h("label", { for: kind.id }, t("clock.kind")), kind), fields, speed),
    value: () => clock,
    fill: (/** @type {Clock | null} */ given) => {
      clock = given ?? {};
      kind.value = kindOf(clock) ?? "fischer";
      draw();
    },
  };
}

/** @param {number} value @param {number} min @param {number} max */
const within = (value, min, max) => Math.min(Math.max(value, min), max);

/** @param {Clock} clock */
const kindOf = (clock) => Object.keys(KINDS).find((kind) => Object.keys(KINDS[kind]).every((name) => name in clock));

/** @param {string} wanted @returns {Clock | null} */
function parsed(wanted) {
  const clock = JSON.parse(wanted || "null");
  return clock && kindOf(clock) ? clock : null;
}

/** Returns the usual clock of the same kind that is nearest to an unusual one; null for a usual one, and for none. @param {Clock | null} clock */
export function nearestUsual(clock) {
  if (!clock || USUAL.some((each) => JSON.stringify(each) === JSON.stringify(clock))) {
    return null;
  }
  const length = (/** @type {Clock} */ each) => Math.log(each.days ?? secondsOf(each));
  const distance = (/** @type {Clock} */ each) => Math.abs(length(each) - length(clock)) + (speedOf(each) === speedOf(clock) ? 0 : OTHER_SPEED);
  return USUAL.filter((each) => kindOf(each) === kindOf(clock)).reduce((one, other) => (distance(other) < distance(one) ? other : one));
}

/** @param {Clock | null | undefined} clock */
export function clockWords(clock) {
  if (!clock) {
    return t("clock.none");
  }
  if (clock.days) {
    const [days, vacation] = [clock.days, clock.vacation].map((count) => t("time.days", { count }));
    return t(clock.vacation ? "clock.daysWithVacation" : "clock.days", { days, vacation });
  }
  const minutes = number(clock.initial / MINUTE_SECONDS, 2);
  if (clock.period) {
    return t(clock.initial ? "clock.byoyomi" : "clock.byoyomiOnly", { minutes, periods: clock.periods, seconds: clock.period });
  }
  if (clock.delay) {
    return t("clock.delay", { minutes, seconds: clock.delay });
  }
  return clock.bronstein ? t("clock.bronstein", { minutes, seconds: clock.bronstein }) : t("clock.words", { minutes, seconds: clock.increment });
}
