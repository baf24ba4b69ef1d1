/** The machine's time zone. */
import { c, ptr } from "./libc.ts";

/** struct tm: nine ints, then (8-aligned) `long tm_gmtoff`; glibc and musl alike. */
const tmSizeBytes = 64;
const gmtoffAt = 40;

/**
 * Minutes east of UTC at a time (ms since the epoch): the C library's answer, because the first `Date.getTimezoneOffset` of a
 * process loads a whole time zone database (4 ms).
 */
export function zoneOffsetMinutes(millis: number): number {
  const time = new BigInt64Array([BigInt(Math.floor(millis / 1000))]);
  const tm = new Uint8Array(tmSizeBytes);
  if (c.localtime_r(ptr(time), ptr(tm)) === null) return 0;
  return Math.trunc(Number(new DataView(tm.buffer).getBigInt64(gmtoffAt, true)) / 60);
}
