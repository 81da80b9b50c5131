// The sound of a new message: two soft tones, made by the browser; no file is loaded.

const TONES = [
  { frequency: 660, at: 0 },
  { frequency: 880, at: 0.09 },
];
const LENGTH = 0.22; // seconds
const LOUDNESS = 0.08;

/** @type {AudioContext | null} */
let audio = null;

/** Plays it, if the browser lets: it does once the user has touched the page. */
export function playNote() {
  if (!("AudioContext" in globalThis)) return;
  try {
    audio ??= new AudioContext();
    if (audio.state === "suspended") audio.resume().catch(() => {});
    for (const { frequency, at } of TONES) tone(audio, frequency, audio.currentTime + at);
  } catch {
    // Without a device for sound there is none.
  }
}

/**
 * @param {AudioContext} context
 * @param {number} frequency
 * @param {number} start
 */
function tone(context, frequency, start) {
  const oscillator = context.createOscillator();
  const volume = context.createGain();
  oscillator.frequency.value = frequency;
  volume.gain.setValueAtTime(0, start);
  volume.gain.linearRampToValueAtTime(LOUDNESS, start + 0.015);
  volume.gain.exponentialRampToValueAtTime(0.0001, start + LENGTH);
  oscillator.connect(volume).connect(context.destination);
  oscillator.start(start);
  oscillator.stop(start + LENGTH);
}
