import { sections, Settings, type SectionName } from '@/features/settings/settings';
import { useParams } from '@tanstack/react-router';
import { Missing } from './root';

export function SettingsRoute() {
  const { section = 'profile' } = useParams({ strict: false });
  return section in sections ? <Settings section={section as SectionName} /> : <Missing />;
}
