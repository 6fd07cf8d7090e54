// Tones, as a party hears and makes them. Runs in Node.js and in a page.

// How much of the sound is a tone of this frequency: 1 for a pure one, 0.5 each for two alike (Goertzel).
export function share(samples, rate, hz) {
  const omega = 2 * Math.PI * hz / rate;
  const coefficient = 2 * Math.cos(omega);
  let [before, last, energy] = [0, 0, 0];
  for (const sample of samples) {
    const next = sample + coefficient * last - before;
    before = last;
    last = next;
    energy += sample * sample;
  }
  const power = last * last + before * before - coefficient * last * before;
  // Silence with a little noise is no tone.
  return energy / samples.length < 1e-6 ? 0 : 2 * power / (samples.length * energy);
}

// A frame of a tone that goes on from the sample with this number, at a tenth of full scale.
export function frame(start, length, rate, hz) {
  return Int16Array.from({ length }, (_, i) => 3276 * Math.sin(2 * Math.PI * hz * (start + i) / rate));
}
