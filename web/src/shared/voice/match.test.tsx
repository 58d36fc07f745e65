import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import type { Post } from '../api/types';
import { spokenText } from '../lib/content';
import { scoreQuery, voiceQuery, type Score, type VoiceOverview } from './api';
import { VoiceMatch } from './match';

const scope = { org: 'harbour', brand: 'light' };
const content = { shape: 'post', post: 'The notes got shorter each time.' } as unknown as Post['content'];
const post = (model: string) => ({ id: 'post_1', network: 'x', content, voice_confidence: 0.83, voice_model_id: model }) as Post;

function show(model: string) {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } });
  client.setQueryData(voiceQuery(scope).queryKey, { families: [{ family: 'all', training: null, active_model: { id: 'model_2', version: 2 } }] } as unknown as VoiceOverview);
  client.setQueryData(scoreQuery(scope, spokenText(content), 'x').queryKey, { confidence: 0.61, not_enough: null, off: [], fits: [], wording: 1, model: { id: 'model_2', version: 2 } } as unknown as Score);
  render(<QueryClientProvider client={client}><VoiceMatch scope={scope} post={post(model)} content={content} /></QueryClientProvider>);
}

describe('the voice match of a draft', () => {
  it('says when it is of an earlier training, and what the one of today says', async () => {
    show('model_1');
    const button = screen.getByRole('button', { name: 'Voice match 0.83: Sounds like you, by an earlier version of your voice. Why?' });
    expect(button.textContent).toContain('earlier voice');
    await userEvent.click(button);
    expect(await screen.findByText(/the voice has been trained since\. Version 2 gives it 0\.61/)).toBeTruthy();
  });
  it('says nothing of the kind while the same voice listens', async () => {
    show('model_2');
    await userEvent.click(screen.getByRole('button', { name: 'Voice match 0.83: Sounds like you. Why?' }));
    expect(await screen.findByRole('meter')).toBeTruthy();
    expect(screen.queryByText(/trained since/)).toBeNull();
  });
});
