/** "Firefox on Linux": what a user agent calls itself, in words. */
export function deviceWords(agent: string | null | undefined): string {
  if (!agent) return 'An unnamed program';
  const pick = (pairs: [RegExp, string][]) => pairs.find(([sign]) => sign.test(agent))?.[1];
  const browser = pick([[/\bEdg(e|A|iOS)?\//, 'Edge'], [/\bOPR\//, 'Opera'], [/SamsungBrowser\//, 'Samsung Internet'], [/(Firefox|FxiOS)\//, 'Firefox'], [/(Chrome|CriOS|HeadlessChrome)\//, 'Chrome'], [/Version\/.*Safari\//, 'Safari'], [/^curl\//i, 'curl'], [/^bellwether/i, 'Bellwether']]);
  const system = pick([[/iPhone/, 'iPhone'], [/iPad/, 'iPad'], [/Android/, 'Android'], [/Windows/, 'Windows'], [/Mac OS X|Macintosh/, 'macOS'], [/CrOS/, 'ChromeOS'], [/Linux|X11/, 'Linux']]);
  if (browser && system) return `${browser} on ${system}`;
  return browser ?? system ?? agent.split(/[\s/(]/)[0]?.slice(0, 40) ?? 'An unnamed program';
}

export function deviceKind(agent: string | null | undefined): 'phone' | 'desk' {
  return /iPhone|iPad|Android|Mobile/.test(agent ?? '') ? 'phone' : 'desk';
}
