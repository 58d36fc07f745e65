/** The names that publishing gives to the shapes of the REST API; the shapes themselves are generated from its description. */
import type { components, paths } from '@/shared/api/schema.gen';

type Schemas = components['schemas'];

export type Connection = Schemas['ConnectionView'];
export type ConnectionStatus = Schemas['ConnectionStatus'];
export type Provider = paths['/api/v1/organizations/{org}/brands/{brand}/connections/providers']['get']['responses'][200]['content']['application/json']['items'][number];
export type ProviderId = Schemas['Provider'];
export type PickAccount = Schemas['PickedAccount'];

export type Publication = Schemas['PublicationView'];
export type PublicationDetail = Schemas['PublicationDetail'];
export type PublicationState = Schemas['PublicationState'];
export type HeldReason = Schemas['HeldReason'];
export type Ability = Schemas['Can'];
export type Attempt = Schemas['AttemptView'];
export type When = Schemas['When'];
export type BulkAction = Schemas['BulkPublications'];
export type BulkResult = Schemas['BulkPublicationsResult'];
export type ImportReport = Schemas['ImportReport'];
export type CalendarFeed = Schemas['CalendarFeedView'];
export type Recurrence = Schemas['RecurrenceView'];
export type RecurrenceDetail = Schemas['RecurrenceDetail'];
export type NewRecurrence = Schemas['CreateRecurrence'];

export type Calendar = Schemas['Calendar'];
export type CalendarItem = Schemas['CalendarItem'];
export type CalendarSlot = Schemas['FreeTime'];
export type Pause = Schemas['PauseView'];
export type Summary = Schemas['PublishingSummary'];

export type Schedule = Schemas['ScheduleView'];
export type QueueSlot = Schemas['SlotTimes'];
export type Weekday = Schemas['Weekday'];

export type SandboxPost = Schemas['SandboxPostView'];
