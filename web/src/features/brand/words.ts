import type { Awareness, HookKind, KnowledgeKind, Season, Urgency } from '@/shared/api/types';

/** The server's names of what one chooses from, in the words of the page. */
export const awareness: Record<Awareness, string> = {
  unaware: 'Not aware of the problem', problem_aware: 'Know the problem', solution_aware: 'Know that it can be solved', product_aware: 'Know what you offer', most_aware: 'Nearly decided',
};
export const hookKinds: Record<HookKind, string> = {
  question: 'Question', statement: 'Statement', statistic: 'Statistic', story: 'Story', contrarian: 'Contrarian', how_to: 'How to', list: 'List', promise: 'Promise', quotation: 'Quotation', other: 'Other',
};
export const seasons: Record<Season, string> = { spring: 'Spring', summer: 'Summer', autumn: 'Autumn', winter: 'Winter', holidays: 'Holidays', new_year: 'New year' };
export const urgencies: Record<Urgency, string> = { low: 'Low', medium: 'Medium', high: 'High' };
export const knowledgeKinds: Record<KnowledgeKind, string> = { fact: 'Fact', statistic: 'Statistic', quotation: 'Quotation', story: 'Story', answer: 'Answer', note: 'Note' };
export const frequencies = { daily: 'Daily', several_a_week: 'Several times a week', weekly: 'Weekly', every_two_weeks: 'Every two weeks', monthly: 'Monthly', irregular: 'Now and then' };

/** Pairs for a `<select>`. */
export const pairs = <K extends string>(words: Record<K, string>) => Object.entries(words) as [K, string][];
