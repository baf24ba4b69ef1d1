const second = 1_000_000_000;
const minute = 60 * second;
const hour = 60 * minute;

/** Go's text of a time.Duration: `1h0m9s`, `1.5s`, `250ms`, `0s`. Pure. */
export function goDuration(nanos: number): string {
  const size = Math.abs(nanos);
  const sign = nanos < 0 ? "-" : "";
  if (size === 0) return "0s";
  if (size < 1000) return `${sign}${size}ns`;
  if (size < 1_000_000) return `${sign}${size / 1000}µs`;
  if (size < second) return `${sign}${size / 1_000_000}ms`;
  const hours = Math.floor(size / hour);
  const minutes = Math.floor((size % hour) / minute);
  const seconds = `${(size % minute) / second}s`;
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds}`;
  return `${sign}${minutes > 0 ? `${minutes}m` : ""}${seconds}`;
}
