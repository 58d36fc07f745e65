import { api, take } from '@/shared/api/client';
import { brandPath, keys, type Scope } from '@/shared/api/queries';
import type { components } from '@/shared/api/schema.gen';
import { queryOptions } from '@tanstack/react-query';

type Schemas = components['schemas'];
export type CardStyle = Schemas['CardStyle'];
export type NewCard = Schemas['CreateCard'];
export type Slides = Schemas['CreateCarousel'];
export type Form = Schemas['CarouselForm'];

export const stylePath = `${brandPath}/card-style` as const;
export const cardStyleQuery = (s: Scope) => queryOptions({
  queryKey: [...keys.brand(s), 'card-style'], queryFn: ({ signal }) => take(api.GET(stylePath, { params: { path: s }, signal })),
});
