// Carries a copy of a piece under the pointer, from where it was lifted to where it is let go.

const FAR_ENOUGH = 6; // pixels: less is a press

let endedAt = 0;

// Whether a click is only the end of a drag.
export const justDragged = () => performance.now() - endedAt < 80;

/**
 * Follows the pointer. `begin` may refuse by returning false; `drop` is called where the piece is let go.
 * @param {PointerEvent} event
 * @param {HTMLElement} source
 * @param {{ begin: () => boolean, drop: (x: number, y: number) => void, cancel: () => void }} actions
 */
export function follow(event, source, { begin, drop, cancel }) {
  const { clientX: startX, clientY: startY, pointerId } = event;
  /** @type {HTMLElement | null} */
  let copy = null;

  const move = (now) => {
    if (now.pointerId !== pointerId) {
      return;
    }
    if (!copy && Math.hypot(now.clientX - startX, now.clientY - startY) >= FAR_ENOUGH) {
      if (begin() === false) {
        finish();
        return;
      }
      copy = lift(source);
    }
    if (copy) {
      copy.style.left = `${now.clientX}px`;
      copy.style.top = `${now.clientY}px`;
    }
  };
  const up = (now) => {
    if (now.pointerId === pointerId) {
      finish();
      if (copy) {
        endedAt = performance.now();
        drop(now.clientX, now.clientY);
      }
    }
  };
  const lost = () => {
    finish();
    if (copy) {
      cancel();
    }
  };
  const finish = () => {
    copy?.remove();
    removeEventListener("pointermove", move);
    removeEventListener("pointerup", up);
    removeEventListener("pointercancel", lost);
  };
  addEventListener("pointermove", move);
  addEventListener("pointerup", up);
  addEventListener("pointercancel", lost);
  source.releasePointerCapture?.(pointerId);
}

/** @param {HTMLElement} source */
function lift(source) {
  const piece = /** @type {HTMLElement} */ (source.querySelector(".piece"));
  const copy = /** @type {HTMLElement} */ (piece.cloneNode(true));
  const size = piece.getBoundingClientRect();
  copy.classList.add("carried");
  copy.style.width = `${size.width}px`;
  copy.style.height = `${size.height}px`;
  document.body.append(copy);
  return copy;
}
