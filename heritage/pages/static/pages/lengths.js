// Lengths as people write them.

/** The largest of 1, 2, 5 times a power of ten that is not above the limit. */
export function roundLength(limit) {
  const power = 10 ** Math.floor(Math.log10(limit));
  const step = [5, 2, 1].find((factor) => factor * power <= limit * (1 + 1e-9)) ?? 1;
  return step * power;
}

/** A length in millimetres, centimetres or metres; as many digits as are asked for. */
export function lengthText(metres, digits = 6) {
  const number = (value) => Number(value.toPrecision(digits)).toString();
  if (metres < 0.00999) return `${number(metres * 1000)} mm`;
  return metres < 0.999 ? `${number(metres * 100)} cm` : `${number(metres)} m`;
}
