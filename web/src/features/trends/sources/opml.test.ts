import { describe, expect, it } from 'vitest';
import { xmlText } from './opml';

describe('an OPML file', () => {
  it('is read in the letters that it declares', () => {
    const latin = new Uint8Array([...'<?xml version="1.0" encoding="ISO-8859-1"?><opml text="K\u00fcche"/>'].map((c) => c.charCodeAt(0)));
    expect(xmlText(latin)).toContain('Küche');
    expect(xmlText(new TextEncoder().encode('<opml text="Küche"/>'))).toContain('Küche');
    expect(xmlText(new TextEncoder().encode('<?xml version="1.0" encoding="of-our-own"?><opml text="Küche"/>'))).toContain('Küche');
    expect(xmlText(new Uint8Array([0xff, 0xfe, 0x3c, 0, 0x6f, 0]))).toBe('<o');
  });
});
