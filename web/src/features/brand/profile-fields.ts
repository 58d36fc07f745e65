import type { Profile, SectionMark } from '@/shared/api/types';
import { frequencies } from './words';

/** A field of a section: how it is called, asked for and shown. */
export interface FieldOf {
  name: string;
  label: string;
  kind: 'text' | 'long' | 'list' | 'words' | 'choice' | 'networks' | 'preferences' | 'switch';
  /** What one of a list is called. */
  one?: string;
  hint?: string;
  options?: Record<string, string>;
}

export type SectionName = SectionMark['section'];
/** The sections that are written on the profile's page; the others are lists of their own. */
export type Written = Exclude<SectionName, 'audiences' | 'offers'> & keyof Profile;

export const sectionLabels: Record<SectionName, string> = {
  business: 'Business', audiences: 'Audiences', offers: 'Offers', market: 'Market', topics: 'Topics and words', goals: 'Goals', calls: 'Calls to action', posts: 'Posts', blog: 'Blog', email: 'Email',
};

export const written: Record<Written, FieldOf[]> = {
  business: [
    { name: 'description', label: 'About', kind: 'long', hint: 'What it is and does, in your own words.' },
    { name: 'business_type', label: 'Kind of business', kind: 'text', hint: 'Such as “workshop” or “consultancy”.' },
    { name: 'industry', label: 'Industry', kind: 'text' },
    { name: 'differentiators', label: 'What sets you apart', kind: 'list', one: 'a difference' },
    { name: 'opportunities', label: 'Where you could grow', kind: 'list', one: 'an opportunity' },
  ],
  market: [
    { name: 'geographic_focus', label: 'Where your customers are', kind: 'text', hint: 'Such as “Berlin and around” or “worldwide”.' },
    { name: 'competitors', label: 'Competitors', kind: 'words', one: 'a competitor' },
    { name: 'industry_leaders', label: 'Whom the industry listens to', kind: 'words', one: 'a name' },
    { name: 'competitor_social_accounts', label: 'Competitors’ accounts', kind: 'words', one: 'an account' },
  ],
  topics: [
    { name: 'key_topics', label: 'Topics', kind: 'words', one: 'a topic' },
    { name: 'keywords', label: 'Keywords', kind: 'words', one: 'a keyword', hint: 'Words that you want to be found by.' },
    { name: 'avoid_words', label: 'Words you never use', kind: 'words', one: 'a word', hint: 'Drafts avoid them.' },
  ],
  goals: [
    { name: 'primary_goal', label: 'First goal', kind: 'long', hint: 'What your content is to achieve first of all.' },
    { name: 'revenue_targets', label: 'What you want to earn', kind: 'text' },
  ],
  calls: [
    { name: 'primary_cta', label: 'Above all', kind: 'text', hint: 'What readers are to do most of all.' },
    { name: 'calls_to_action', label: 'Others', kind: 'list', one: 'a call to action' },
  ],
  posts: [
    { name: 'networks', label: 'Networks', kind: 'networks' },
    { name: 'network_preferences', label: 'What to mind', kind: 'preferences' },
    { name: 'hashtags_enabled', label: 'Hashtags', kind: 'switch', hint: 'Drafts carry hashtags' },
  ],
  blog: [
    { name: 'blog_style', label: 'How articles are written', kind: 'long' },
    { name: 'lead_magnet_type', label: 'What readers get for their address', kind: 'text', hint: 'Such as “checklist”.' },
  ],
  email: [
    { name: 'email_tone', label: 'How mail sounds', kind: 'text' },
    { name: 'email_frequency', label: 'How often it goes out', kind: 'choice', options: frequencies },
    { name: 'list_building_goals', label: 'What the list is for', kind: 'list', one: 'a goal' },
  ],
};

const ofLists: Record<string, string> = {
  name: 'Name', description: 'Description', demographics: 'Age, gender, place and income', psychographics: 'Goals, values and interests', job_roles: 'Job roles', pain_points: 'Pain points',
  desired_outcomes: 'Desired outcomes', objections: 'Objections', awareness_stage: 'How much they know', price: 'Price', promotions: 'Promotions', benefits: 'Benefits', features: 'Features',
  target_audience: 'For whom it is', value_proposition: 'Value proposition', url: 'Address',
};

/** The label of a field that a section's mark names. */
export function labelOf(section: SectionName, field: string): string {
  const own = section === 'audiences' || section === 'offers' ? undefined : written[section].find((f) => f.name === field)?.label;
  return own ?? ofLists[field] ?? field.replaceAll('_', ' ');
}
