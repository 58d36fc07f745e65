import type { Network, Post } from '../api/types';

/** What a network's rules say of one target. */
export type TargetRules = Network['content_types'][number]['rules'];
export type OptionRule = TargetRules['options'][number];
export type OptionValue = string | number | boolean;
export type Chosen = Record<string, OptionValue>;

/** The rules of a draft's target, once they are there. */
export function rulesOf(networks: readonly Network[] | undefined, target: string): TargetRules | undefined {
  return networks?.flatMap((n) => n.content_types).find((t) => t.target === target)?.rules;
}

/** What was chosen of a draft's network; what no form can show is left as it is by {@link merged}. */
export function chosenOf(post: Pick<Post, 'options'>): Chosen {
  const all = Object.entries(post.options as Record<string, unknown>);
  return Object.fromEntries(all.filter((entry): entry is [string, OptionValue] => ['string', 'number', 'boolean'].includes(typeof entry[1])));
}

/** What holds of an option: what was chosen, else what is taken without a word. */
export function taken(option: OptionRule, chosen: Chosen): OptionValue | undefined {
  const own = chosen[option.name];
  if (own !== undefined) return own;
  return option.kind.type === 'choice' || option.kind.type === 'flag' ? option.kind.default ?? undefined : undefined;
}

/** Whether an option means something as things stand: one that others make possible is shown once they do. */
export function means(option: OptionRule, all: readonly OptionRule[], chosen: Chosen): boolean {
  if (chosen[option.name] !== undefined) return true;
  return option.needs.filter((need) => need.when.length === 0).every((need) => {
    const other = all.find((o) => o.name === need.option);
    const there = other && taken(other, chosen);
    return there !== undefined && (need.values.length === 0 || need.values.includes(String(there)));
  });
}

/** The choices after one more; what is taken without a word anyhow is not kept, nor what lost its meaning by it. */
export function withChoice(all: readonly OptionRule[], chosen: Chosen, name: string, value: OptionValue | undefined): Chosen {
  const option = all.find((o) => o.name === name);
  const usual = option && taken(option, {});
  const next = Object.fromEntries(Object.entries(chosen).filter(([other]) => other !== name)) as Chosen;
  if (value !== undefined && value !== '' && value !== usual) next[name] = value;
  const lost = all.filter((o) => o.name !== name && next[o.name] !== undefined && !means(o, all, Object.fromEntries(Object.entries(next).filter(([other]) => other !== o.name)) as Chosen));
  return Object.fromEntries(Object.entries(next).filter(([other]) => !lost.some((o) => o.name === other)));
}

/** Into what is kept, so that what this form does not know stays. */
export function merged(kept: Post['options'], known: readonly OptionRule[], chosen: Chosen): Record<string, unknown> {
  const strange = Object.entries(kept as Record<string, unknown>).filter(([name]) => !known.some((o) => o.name === name));
  return { ...Object.fromEntries(strange), ...chosen };
}

/** What was chosen, in a line: "Unlisted · Made for kids · first comment". */
export function sayChosen(rules: TargetRules, chosen: Chosen, comment: string | null | undefined): string {
  const said = rules.options.flatMap((o) => {
    const value = chosen[o.name];
    if (value === undefined) return [];
    if (o.kind.type === 'choice') return [o.kind.values.find((v) => v.value === value)?.label ?? String(value)];
    if (o.kind.type === 'flag') return [value ? o.label : `not: ${o.label}`];
    return [o.label];
  });
  return [...said, ...(comment ? ['first comment'] : [])].join(' · ');
}
