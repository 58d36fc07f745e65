/** The shapes of sources, items and smart feeds. */
import type { components, operations } from '@/shared/api/schema.gen';

type Schemas = components['schemas'];

export type SourceKind = Schemas['SourceKind'];
export type SourceState = Schemas['SourceState'];
export type Frequency = Schemas['SourceFrequency'];
export type Health = Schemas['SourceHealth'];
export type Source = Schemas['ContentSource'];
export type NewSource = Schemas['CreateSource'];
export type UpdateSource = Schemas['UpdateSource'];
export type Candidate = Schemas['SourceCandidate'];
export type Imported = Schemas['SourceImportResult'];
export type Item = Schemas['Item'];
/** By what an item was found: only in the answer to a search. */
export type Matched = Schemas['ItemMatched'];
/** Why an item stands where it does in a smart feed: with how near it is in meaning, and the whole of it in sentences. */
export type Why = Schemas['SmartFeedWhy'];
export type Mark = NonNullable<NonNullable<operations['list_items']['parameters']['query']>['mark']>;
export type MarkItem = Schemas['MarkItem'];
/** Which items are read now. */
export type ReadAll = Schemas['ReadAll'];
export type WholeItem = Schemas['ItemDetail'];
export type Topic = Schemas['SmartFeedTopic'];
export type SmartFeed = Schemas['SmartFeed'];
export type NewSmartFeed = Schemas['CreateSmartFeed'];
export type UpdateSmartFeed = Schemas['UpdateSmartFeed'];
export type FeedItem = Schemas['RankedItem'];
