import { Apply } from '@/features/apply/apply';
import { useSearch } from '@tanstack/react-router';

export function ApplyRoute() {
  const { demo } = useSearch({ from: '/apply' });
  return <Apply demo={demo === true} />;
}
