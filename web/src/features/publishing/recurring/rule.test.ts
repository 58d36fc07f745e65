import { describe, expect, it } from 'vitest';
import { formOf, ruleOf } from './rule-fields';
import { inWords, nextTimes, placesOf, read, weekdayOf, written, type Rule } from './rule';

const of = (text: string): Rule => {
  const rule = read(text);
  if (!rule) throw new Error(`${text} is no rule`);
  return rule;
};
const days = (text: string, first: string, to: string) => nextTimes(of(text), first.replace(' ', 'T'), null, 50).filter((t) => t <= to.replace(' ', 'T')).map((t) => t.slice(5, 10));

describe('times of a rule', () => {
  // the same that the server's own test expects
  it('are those of the server', () => {
    const to = '2026-12-31 23:59';
    expect(days('FREQ=DAILY;INTERVAL=10;COUNT=3', '2026-11-16 09:00', to)).toEqual(['11-16', '11-26', '12-06']);
    expect(days('RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;COUNT=4', '2026-11-16 09:00', to)).toEqual(['11-16', '11-19', '11-30', '12-03']);
    expect(days('FREQ=WEEKLY;UNTIL=20261130', '2026-11-16 09:00', to)).toEqual(['11-16', '11-23', '11-30']);
    expect(days('FREQ=MONTHLY', '2026-08-31 09:00', to)).toEqual(['08-31', '10-31', '12-31']);
    expect(days('FREQ=MONTHLY;BYMONTHDAY=-1', '2026-09-01 09:00', '2026-11-30 09:00')).toEqual(['09-30', '10-31', '11-30']);
    expect(days('FREQ=MONTHLY;BYDAY=1MO,-1FR', '2026-11-01 09:00', to)).toEqual(['11-02', '11-27', '12-07', '12-25']);
    expect(days('FREQ=DAILY;BYDAY=SA,SU', '2026-11-16 09:00', '2026-11-23 00:00')).toEqual(['11-21', '11-22']);
  });
  it('begin after a moment, and count from the first', () => {
    expect(nextTimes(of('FREQ=DAILY;COUNT=3'), '2026-11-16T09:00', '2026-11-17T09:00', 5)).toEqual(['2026-11-18T09:00']);
  });
});

describe('a rule', () => {
  it('is written as it is read', () => {
    for (const text of ['FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;COUNT=4', 'FREQ=MONTHLY;BYDAY=-1FR;UNTIL=20261231', 'FREQ=MONTHLY;BYMONTHDAY=-1', 'FREQ=DAILY']) expect(written(of(text))).toBe(text);
    expect(read('FREQ=YEARLY')).toBeNull();
  });
  it('is said in words', () => {
    const first = '2026-11-16T09:00';
    expect(inWords(of('FREQ=WEEKLY;INTERVAL=2;BYDAY=TH,MO'), first)).toBe('Every second week on Monday and Thursday, 09:00');
    expect(inWords(of('FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR'), first)).toBe('Every week, Monday to Friday, 09:00');
    expect(inWords(of('FREQ=WEEKLY;COUNT=10'), first)).toBe('Every week on Monday, 09:00, 10 times');
    expect(inWords(of('FREQ=MONTHLY'), first)).toBe('Every month on the 16th, 09:00');
    expect(inWords(of('FREQ=MONTHLY;BYDAY=3MO'), first)).toBe('Every month on the third Monday, 09:00');
    expect(inWords(of('FREQ=MONTHLY;BYMONTHDAY=-1'), first)).toBe('Every month on the last day, 09:00');
    expect(inWords(of('FREQ=DAILY;INTERVAL=3'), first)).toBe('Every 3 days, 09:00');
  });
  it('names the places of a day in its month', () => {
    expect(weekdayOf('2026-11-16T09:00')).toBe('MO');
    expect(placesOf('2026-11-16T09:00')).toEqual([{ place: 3, day: 'MO' }]);
    expect(placesOf('2026-11-30T09:00')).toEqual([{ place: 5, day: 'MO' }, { place: -1, day: 'MO' }]);
  });
});

describe('the fields of a rule', () => {
  const at = '2026-11-16T09:00';
  it('say it as it is, so that it can be changed', () => {
    for (const text of ['FREQ=DAILY;INTERVAL=3', 'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;COUNT=4', 'FREQ=WEEKLY;BYDAY=TH,MO', 'FREQ=MONTHLY', 'FREQ=MONTHLY;BYMONTHDAY=-1', 'FREQ=MONTHLY;BYDAY=3MO;UNTIL=20261231']) {
      const form = formOf(text, at);
      const rule = form && ruleOf(form, at);
      expect(rule && nextTimes(rule, at, null, 6), text).toEqual(nextTimes(of(text), at, null, 6));
    }
    expect(formOf('FREQ=WEEKLY', at)?.days).toEqual(['MO']);
  });
  it('leave alone what they cannot say', () => {
    for (const text of ['FREQ=DAILY;BYDAY=SA,SU', 'FREQ=MONTHLY;BYDAY=1MO,-1FR', 'FREQ=MONTHLY;BYMONTHDAY=1,15', 'FREQ=MONTHLY;BYDAY=1TU', 'FREQ=YEARLY']) expect(formOf(text, at), text).toBeNull();
  });
});
