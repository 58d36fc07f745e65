import { cn } from '@/shared/lib/cn';
import { useStore } from '@/shared/lib/store';
import { setTheme, themeStore, type Theme } from '@/shared/lib/theme';
import { useScope } from '@/shared/lib/use-scope';
import { Menu, MenuItem, MenuLabel, MenuLine, MenuRadio } from '@/shared/ui/menu';
import { Avatar } from '@/shared/ui/status';
import { useNavigate } from '@tanstack/react-router';
import { LogOut, Monitor, Moon, ServerCog, ShieldCheck, Sun, UserRound } from 'lucide-react';
import { useSignOut } from './sign-out';

export const themes: { value: Theme; label: string; icon: typeof Sun }[] = [
  { value: 'system', label: 'As the system', icon: Monitor },
  { value: 'light', label: 'Light', icon: Sun },
  { value: 'dark', label: 'Dark', icon: Moon },
];

export function Account({ compact }: { compact?: boolean }) {
  const { user, scope } = useScope();
  const theme = useStore(themeStore);
  const navigate = useNavigate();
  const signOut = useSignOut();
  return (
    <Menu
      align={compact ? 'end' : 'start'}
      side={compact ? 'bottom' : 'top'}
      trigger={
        <button type="button" aria-label={`Account of ${user.name}`} className={cn('flex h-10 items-center gap-2.5 rounded-md px-2 text-left hover:bg-sunk', !compact && 'w-full')}>
          <Avatar name={user.name} src={user.avatar_url} className="size-7" />
          {!compact && <span className="truncate text-sm text-ink-2">{user.name}</span>}
        </button>
      }
    >
      <MenuLabel>{user.email}</MenuLabel>
      <MenuItem icon={UserRound} onSelect={() => void navigate({ to: '/$org/$brand/settings/$section', params: { ...scope, section: 'profile' } })}>Profile</MenuItem>
      <MenuItem icon={ShieldCheck} onSelect={() => void navigate({ to: '/$org/$brand/settings/$section', params: { ...scope, section: 'security' } })}>Security</MenuItem>
      {user.operator && <MenuItem icon={ServerCog} onSelect={() => void navigate({ to: '/admin/$section', params: { section: 'applications' } })}>Admin area</MenuItem>}
      <MenuLine />
      <MenuLabel>Appearance</MenuLabel>
      <MenuRadio
        value={theme}
        onChange={(t) => setTheme(t as Theme)}
        options={themes.map(({ value, label, icon: Icon }) => ({ value, label: <><Icon className="text-ink-3" /> {label}</> }))}
      />
      <MenuLine />
      <MenuItem icon={LogOut} onSelect={signOut}>Sign out</MenuItem>
    </Menu>
  );
}
