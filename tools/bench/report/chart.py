"""Draws docs/performance.svg: how much of each goal is reached, by set."""

from html import escape

from tools.bench.goals import GOALS, SETS, Goal, Measured
from tools.bench.report.tables import number

WIDTH, MARGIN, TITLE_WIDTH, FIGURE_WIDTH = 940, 24, 420, 130
BAR_HEIGHT, GAP, HEAD_HEIGHT = 16, 14, 64
MAX_REACHED = 2.0  # where bars end
STYLE = """
    text { font: 13px system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; fill: #1d211f; }
    text { paint-order: stroke; stroke: #fbf9f4; stroke-width: 4; stroke-linejoin: round; }
    .page { fill: #fbf9f4; }
    .default { fill: #1c5f43; }
    .production { fill: #b8691e; }
    .goal { stroke: #1d211f; stroke-width: 1; stroke-dasharray: 4 3; }
    @media (prefers-color-scheme: dark) {
      text { fill: #ecebe6; stroke: #141715; }
      .page { fill: #141715; }
      .default { fill: #86d3ab; }
      .production { fill: #e8b06c; }
      .goal { stroke: #ecebe6; }
    }
  """
LEFT = MARGIN + TITLE_WIDTH
SCALE = (WIDTH - MARGIN - FIGURE_WIDTH - LEFT) / MAX_REACHED


def chart(measured: Measured) -> str:
    """Return the picture, as SVG."""
    rows, top = [], HEAD_HEIGHT
    for goal in GOALS:
        bars = _bars(goal, measured, top)
        if bars:
            middle = top + BAR_HEIGHT * len(bars) / 2 + 4
            rows += [_text(MARGIN, middle, goal.title), *bars]
            top += BAR_HEIGHT * len(bars) + GAP
    height, at = top + MARGIN // 2, LEFT + SCALE
    legend = [
        part for index, name in enumerate(SETS) if name in measured for part in (
            f'  <rect class="{name}" x="{MARGIN + 130 * index}" y="22" width="12" height="12"/>',
            _text(MARGIN + 130 * index + 18, 33, name),
        )
    ]
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        'aria-labelledby="title">',
        '  <title id="title">How much of each goal is reached</title>',
        f"  <style>{STYLE}</style>",
        f'  <rect class="page" width="{WIDTH}" height="{height}" rx="12"/>',
        *legend, f'  <path class="goal" d="M{at:.0f} {HEAD_HEIGHT - 12}V{height - 8}"/>', *rows,
        _text(at + 4, HEAD_HEIGHT - 16, "the goal"),
        "</svg>", "",
    ])


def _bars(goal: Goal, measured: Measured, top: int) -> list[str]:
    bars: list[str] = []
    for name in SETS:
        reached = goal.reached(name, measured.get(name, {}))
        figure = goal.figure(measured.get(name, {}))
        if reached is None or figure is None:
            continue
        width, y = SCALE * min(reached, MAX_REACHED), top + BAR_HEIGHT * len(bars)
        told = f"{number(figure, goal.digits)} {goal.unit}".strip()
        bars.append(
            f'  <rect class="{name}" x="{LEFT}" y="{y}" width="{width:.1f}" '
            f'height="{BAR_HEIGHT - 2}"/>\n' + _text(LEFT + width + 6, y + 12, told)
        )
    return bars


def _text(x: float, y: float, text: str) -> str:
    return f'  <text x="{x:.0f}" y="{y:.0f}">{escape(text)}</text>'
