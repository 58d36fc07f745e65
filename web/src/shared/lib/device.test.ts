import { expect, it } from 'vitest';
import { deviceKind, deviceWords } from './device';

it('names a device by what its browser says of itself', () => {
  expect(deviceWords('Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36')).toBe('Chrome on Linux');
  expect(deviceWords('Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile/15E148 Safari/604.1')).toBe('Safari on iPhone');
  expect(deviceWords('Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36 Edg/156.0.0.0')).toBe('Edge on Windows');
  expect(deviceWords('curl/8.5.0')).toBe('curl');
  expect(deviceWords('SomeProgram/1.0')).toBe('SomeProgram');
  expect(deviceWords(null)).toBe('An unnamed program');
  expect(deviceKind('Mozilla/5.0 (iPhone; CPU)')).toBe('phone');
});
