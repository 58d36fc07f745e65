/** Days that are left of a last day in a zone, and whether that is soon. Null when nothing expires. */
export function expiry(until: string | null | undefined, now: Date, zone?: string): { state: 'over' | 'soon' | 'later'; days: number } | null {
  if (!until) return null;
  const days = Math.round((Date.parse(until) - Date.parse(dayIn(now, zone))) / 86_400_000);
  return { state: days < 0 ? 'over' : days <= 14 ? 'soon' : 'later', days };
}

/** The calendar day of a moment, as `2026-03-29`. */
function dayIn(moment: Date, zone: string | undefined): string {
  // Sweden writes dates as ISO 8601 does.
  const of = (timeZone: string | undefined) => new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(moment);
  try {
    return of(zone);
  } catch {
    return of(undefined);
  }
}
