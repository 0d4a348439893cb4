// Microphone and headset: which there are, which are chosen, how loud the one is, a tone in the other. The choice is
// kept in this browser.

const KEPT = "dialer.sound";
const TONE = { hertz: 440, seconds: 1.5, gain: 0.2 };
const METER_MS = 60;

/** Whether this page may have a microphone at all: browsers give it behind TLS, and on this very machine. */
export const isPossible = () => window.isSecureContext && Boolean(navigator.mediaDevices) && "locks" in navigator;

export function chosen() {
  try { return JSON.parse(localStorage.getItem(KEPT)) ?? {}; } catch { return {}; }
}

export function choose(change) {
  try { localStorage.setItem(KEPT, JSON.stringify({ ...chosen(), ...change })); } catch { /* private window: for this page only */ }
}

/** The chosen microphone's track; another one where that is not plugged in. Throws what the browser throws. */
export async function microphone() {
  const { microphone: deviceId } = chosen();
  const cleaned = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { ...cleaned, ...(deviceId && { deviceId: { ideal: deviceId } }) } });
  return stream.getAudioTracks()[0];
}

/** `{ microphones, headsets }`, each a list of `{ id, name }`; names are there once a microphone was allowed. */
export async function devices() {
  const found = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  const of = (kind) => found.filter((one) => one.kind === kind && one.deviceId).map((one) => ({ id: one.deviceId, name: one.label || one.deviceId.slice(0, 8) }));
  return { microphones: of("audioinput"), headsets: of("audiooutput") };
}

/** What plays the customer: one element for the life of the page. `onBlocked` when the browser wants a click first. */
export class Headset {
  #element = new Audio();

  constructor(onBlocked) {
    this.onBlocked = onBlocked;
    this.#element.autoplay = true;
    this.follow();
  }

  play(stream) {
    this.#element.srcObject = stream;
    return this.unblock();
  }

  unblock() {
    return this.#element.play().catch((error) => error.name === "NotAllowedError" && this.onBlocked());
  }

  /** Go to the chosen device; to the usual one where that is not plugged in. */
  async follow() {
    await sink(this.#element, chosen().headset);
  }
}

async function sink(element, deviceId) {
  if (!element.setSinkId) return;
  await element.setSinkId(deviceId || "").catch(() => element.setSinkId(""));
}

/** A tone in the chosen headset; resolves when it is over. */
export async function testTone() {
  const context = new AudioContext();
  await context.resume();
  const tone = new OscillatorNode(context, { frequency: TONE.hertz });
  const out = new MediaStreamAudioDestinationNode(context);
  tone.connect(new GainNode(context, { gain: TONE.gain })).connect(out);
  const element = new Audio();
  element.srcObject = out.stream;
  await sink(element, chosen().headset);
  await element.play();
  const over = new Promise((resolve) => { tone.onended = resolve; });
  tone.start();
  tone.stop(context.currentTime + TONE.seconds);
  await over;
  await context.close();
}

/** Tells the loudness of a track, 0..1, until the returned function is called. */
export function meter(track, tell) {
  const context = new AudioContext();
  context.resume();
  const analyser = new AnalyserNode(context, { fftSize: 1024 });
  new MediaStreamAudioSourceNode(context, { mediaStream: new MediaStream([track]) }).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    tell(loudness(samples));
  }, METER_MS);
  return () => {
    clearInterval(timer);
    context.close();
  };
}

/** 0 at −60 dB of full scale and below, 1 at 0 dB. */
function loudness(samples) {
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  return Math.max(0, Math.min(1, 1 + Math.log10(power + 1e-12) / 6));
}
