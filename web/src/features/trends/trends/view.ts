import type { TrendQuery, TrendSort, TrendState } from '../api/contract';

/** Which trends are looked at, and which of them is open. All of it is in the address. */
export interface TrendsView {
  /** One of `shows`; without it, those that go on or lose pace. */
  state?: string | undefined; category?: string | undefined; sort?: string | undefined; q?: string | undefined;
  /** The least confidence, 0 to 1. */
  sure?: string | undefined; trend?: string | undefined;
}
export type Show = 'now' | TrendState | 'dismissed';
export const shows: { value: Show; label: string }[] = [
  { value: 'now', label: 'Now' }, { value: 'active', label: 'Going on' }, { value: 'declining', label: 'Losing pace' }, { value: 'expired', label: 'Over' }, { value: 'dismissed', label: 'Dismissed' },
];
export const showOf = ({ state }: TrendsView): Show => shows.find((s) => s.value === state)?.value ?? 'now';
const sorts: readonly string[] = ['newest', 'momentum', 'peak'];
export const sortOf = ({ sort }: TrendsView): TrendSort | '' => (sort !== undefined && sorts.includes(sort) ? (sort as TrendSort) : '');

/** What the list is asked for. */
export function queryOf(view: TrendsView): TrendQuery {
  const show = showOf(view);
  const sort = sortOf(view);
  const sure = Number(view.sure);
  return {
    state: show === 'now' ? ['active', 'declining'] : show === 'dismissed' ? ['active', 'declining', 'expired'] : [show],
    ...(show === 'dismissed' && { dismissed: true }),
    ...(view.category && { category: view.category }),
    ...(view.q && { q: view.q }),
    ...(view.sure && sure > 0 && sure <= 1 && { min_confidence: sure }),
    ...(sort && { sort }),
  };
}
export const isFiltered = ({ state, category, q, sure }: TrendsView) => Boolean(state ?? category ?? q ?? sure);
