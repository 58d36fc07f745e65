import type { Guide, Rule } from '@/shared/voice/api';
import { capital, sentence } from '@/shared/voice/words';

/** A style guide to be pasted elsewhere: Markdown. */
export function guideText(guide: Guide): string {
  const rules = (list: Rule[]) => list.flatMap((r) => [`- ${sentence(capital(r.text))}`, ...r.examples.map((e) => `  > ${e.replaceAll('\n', ' ')}`)]);
  const lines = (list: string[]) => list.map((l) => `- ${l.replaceAll('\n', ' ')}`);
  const parts: [string, string[]][] = [
    ['What I do', rules(guide.does)], ['What I never do', rules(guide.never)], ['How I begin', lines(guide.openings)], ['How I end', lines(guide.closings)], ['What I keep saying', lines(guide.phrases)],
  ];
  return `# How I write\n\n${parts.filter(([, list]) => list.length > 0).map(([title, list]) => `## ${title}\n\n${list.join('\n')}`).join('\n\n')}\n`;
}
