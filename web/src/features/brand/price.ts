import type { Price } from '@/shared/api/types';

/** How many digits of a currency stand after the point: 2 for euros, none for yen, 3 for dinars. */
function digits(currency: string): number {
  try {
    return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
  } catch {
    return 2;
  }
}

/** A price as people read it: "€49.00 per month". */
export function priceWords({ amount_minor, currency, unit }: Price): string {
  const amount = amount_minor / 10 ** digits(currency);
  let words: string;
  try {
    words = new Intl.NumberFormat(undefined, { style: 'currency', currency, trailingZeroDisplay: 'stripIfInteger' } as Intl.NumberFormatOptions).format(amount);
  } catch {
    words = `${amount} ${currency.toUpperCase()}`;
  }
  return unit ? `${words} ${unit}` : words;
}

/** A price for a field: "49" or "49.5". */
export function amountOf(price: Price | null | undefined): string {
  return price ? String(price.amount_minor / 10 ** digits(price.currency)) : '';
}

/** What was typed in a currency's smallest unit; null when it is no amount. A comma is a point where no other one stands. */
export function minorOf(typed: string, currency: string): number | null {
  const plain = typed.trim().replace(/\s/g, '');
  const number = /^\d+(?:[.,]\d{1,3})?$/.test(plain) ? Number(plain.replace(',', '.')) : NaN;
  const minor = Math.round(number * 10 ** digits(currency));
  return Number.isSafeInteger(minor) && Math.abs(minor / 10 ** digits(currency) - number) < 1e-9 ? minor : null;
}
