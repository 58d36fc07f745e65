/** The names that the screens of trends give to the shapes of the REST API. */
import type { components, operations } from '@/shared/api/schema.gen';

type Schemas = components['schemas'];

export type TrendQuery = NonNullable<operations['list_trends']['parameters']['query']>;
export type TrendSort = NonNullable<TrendQuery['sort']>;
export type TrendState = Schemas['TrendState'];
export type TrendFormat = Schemas['TrendFormat'];
/** One of ten lies below `low`, half below `likely`, nine of ten below `high`. */
export type TrendRange = Schemas['TrendRange'];
/** The same of numbers. */
export type TrendSize = Schemas['TrendSize'];
/** An hour that brought items; hours without any are left out. */
export type TrendCourse = Schemas['TrendCourse'];
export type Trend = Schemas['Trend'];
export type TrendDetail = Schemas['TrendDetail'];
export type TrendContribution = Schemas['TrendContribution'];
export type TrendWhy = Schemas['TrendWhy'];
export type TrendWhyYou = Schemas['TrendWhyYou'];
export type TrendAngle = Schemas['TrendAngle'];
export type TrendEvidence = Schemas['TrendEvidence'];
export type TrendEvaluation = Schemas['TrendEvaluation'];
export type TrendAccuracy = Schemas['TrendAccuracy'];
export type UpdateTrend = Schemas['UpdateTrend'];
export type TrendDrafts = Schemas['NewTrendDrafts'];
/** Whether the search in items knows their meaning, and why not. */
export type Embeddings = Schemas['Embeddings'];
