// A knock for a move, a chime for an end and a warning of the clock. They are synthesised: no file is fetched.

import * as settings from "./settings.js";

/** @type {AudioContext | null} */
let context = null;

export const isOn = () => settings.get("sound", true);

// Browsers let a page be heard only if its audio context was made or resumed during a press.
export function wake() {
  if (isOn()) {
    context ??= new AudioContext();
    resume(context);
  }
}

for (const press of ["pointerup", "keydown"]) {
  addEventListener(press, wake, { capture: true });
}

export function knock() {
  tone(190, 0.07, "triangle", 0.35);
  tone(95, 0.09, "sine", 0.4);
}

export function chime() {
  tone(523, 0.25, "sine", 0.2);
  tone(784, 0.4, "sine", 0.2, 0.13);
}

// Warns that little time is left.
export function warn() {
  tone(880, 0.09, "square", 0.08);
  tone(880, 0.09, "square", 0.08, 0.16);
}

/**
 * @param {number} pitch in hertz
 * @param {number} length in seconds
 * @param {OscillatorType} type
 * @param {number} loudness
 * @param {number} delay in seconds
 */
function tone(pitch, length, type, loudness, delay = 0) {
  if (!isOn() || !context) {
    return;
  }
  resume(context);
  const start = context.currentTime + delay;
  const oscillator = new OscillatorNode(context, { type, frequency: pitch });
  const volume = new GainNode(context, { gain: loudness });
  volume.gain.exponentialRampToValueAtTime(0.001, start + length);
  oscillator.connect(volume).connect(context.destination);
  oscillator.start(start);
  oscillator.stop(start + length);
}

/**
 * Resumes what a phone call or another page has silenced.
 * @param {AudioContext} context
 */
function resume(context) {
  if (context.state !== "running") {
    context.resume().catch(() => {}); // not allowed yet
  }
}
