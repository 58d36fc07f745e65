import type { ChannelKind } from './contract';
import { kinds } from './ways';

/** What is looked at of the morning delivery; all of it is in the address. */
export interface DeliveryView {
  /** `history`; the settings without it. */
  show?: string | undefined;
  /** How wide the mail is looked at: `desktop`, else as on a phone. */
  width?: string | undefined;
  /** `dark`, else light. */
  look?: string | undefined;
  /** The way whose dialog is open. */
  connect?: string | undefined;
}
export const connectOf = ({ connect }: DeliveryView): ChannelKind | null => kinds.find((k) => k === connect) ?? null;
