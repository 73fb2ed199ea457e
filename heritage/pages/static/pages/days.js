// Days as the museum names them, by the clock and the calendar of the place one is in.

/** Whether a day, as "2026-11-22", has begun here; "" never does. */
export function hasBegun(day, now = new Date()) {
  const here = [now.getFullYear(), now.getMonth() + 1, now.getDate()];
  const today = here.map((number) => String(number).padStart(2, "0")).join("-");
  return day !== "" && today >= day;
}
