import { Profile } from '@/features/account/profile';
import { Sessions } from '@/features/account/sessions';
import { Brands } from '@/features/organization/brands';
import { Organization } from '@/features/organization/general';
import { SettingsFrame } from '@/features/settings/settings';
import { useParams } from '@tanstack/react-router';
import type { ComponentType } from 'react';
import { Missing } from './root';

const sections: Record<string, ComponentType> = { profile: Profile, sessions: Sessions, organization: Organization, brands: Brands };
const groups = [
  { title: 'You', sections: [{ name: 'profile', label: 'Profile' }, { name: 'sessions', label: 'Sessions' }] },
  { title: 'Organization', sections: [{ name: 'organization', label: 'Organization' }, { name: 'brands', label: 'Brands' }] },
];

export function SettingsRoute() {
  const { section = 'profile' } = useParams({ strict: false });
  const Shown = sections[section];
  return Shown ? <SettingsFrame groups={groups} section={section}><Shown /></SettingsFrame> : <Missing />;
}
