import { expect, it } from 'vitest';
import { device } from './sessions';

it('names a device by what its browser says of itself', () => {
  expect(device({ user_agent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36' })).toBe('Chrome on Linux');
  expect(device({ user_agent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile/15E148 Safari/604.1' })).toBe('Safari on iOS');
  expect(device({ user_agent: 'curl/8.5.0' })).toBe('curl');
  expect(device({ user_agent: null })).toBe('Unknown device');
});
