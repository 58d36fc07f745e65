/** Times on this computer's clock at which somebody may want the writing to begin, for those who plan ahead. */
export function startChoices(now: Date): { value: string; label: string }[] {
  const at = (days: number, hour: number) => new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hour);
  const toMonday = (8 - now.getDay()) % 7 || 7;
  const choices = [
    { time: at(0, 20), label: 'This evening at 8' },
    { time: at(1, 6), label: 'Tomorrow morning at 6' },
    { time: at(toMonday, 6), label: 'Monday morning at 6' },
  ];
  return choices
    .filter(({ time }, i) => time > now && (i !== 2 || toMonday > 1))
    .map(({ time, label }) => ({ value: time.toISOString(), label }));
}
