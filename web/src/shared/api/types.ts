/** The names that the app gives to the shapes of the REST API; the shapes themselves are generated from its description. */
import type { components } from './schema.gen';

type Schemas = components['schemas'];

export type Role = Schemas['Role'];
export type OrganizationType = Schemas['OrganizationType'];
export type BrandRef = Schemas['MyBrand'];
export type OrganizationRef = Schemas['MyOrganization'];
export type User = Schemas['UserView'];
export type Me = Schemas['Me'];
export type Session = Schemas['SessionView'];
export type Organization = Schemas['OrganizationView'];
export type Brand = Schemas['BrandView'];
export type Usage = Schemas['UsageView'];

export type PendingSignIn = Schemas['Pending'];
export type ConfirmationNeeded = Schemas['ConfirmationNeeded'];
export type Factors = Schemas['FactorsView'];
export type Passkey = Schemas['PasskeyView'];
export type SecurityEvent = Schemas['SecurityEventView'];
export type Permission = Schemas['Permission'];
export type Member = Schemas['MemberView'];
export type MemberStatus = Schemas['MemberStatus'];
export type Invitation = Schemas['InvitationView'];
export type InvitationPreview = Schemas['InvitationPreview'];
export type ApiKey = Schemas['KeyView'];
export type AgencyLink = Schemas['LinkView'];
export type Client = Schemas['ClientOverview'];
export type Mail = Schemas['MailSummary'];
export type MailStatus = Mail['status'];

export type Notice = Schemas['Notification'];
export type NoticeKind = Schemas['NotificationKind'];
export type NoticePreferences = Schemas['NotificationPreferences'];
export type UpdateNoticePreferences = Schemas['UpdateNotificationPreferences'];

export type Onboarding = Schemas['OnboardingView'];

export type Tone = Schemas['Tone'];
export type Shape = Schemas['Shape'];
export type Network = Schemas['NetworkRules'];
export type NetworkId = Schemas['Network'];
export type Target = Schemas['Target'];
export type ContentType = Schemas['ContentType'];

export type Model = Schemas['ModelView'];

export type Content = Schemas['Content'];
export type ContentOf<S extends Shape> = Extract<Content, { shape: S }>;
export type Count = Schemas['PathCount'];
export type Issue = Schemas['Issue'];

export type PostStatus = Schemas['Status'];
export type Post = Schemas['PostView'];
export type PostVersion = Schemas['VersionView'];
export type BulkResult = Schemas['BulkResult'];
export interface Page<T> { items: T[]; next_cursor?: string | null }

export type GenerationStatus = Schemas['GenerationStatus'];
export type Output = Schemas['OutputView'];
export type GenerationInput = Schemas['InputView'];
export type GenerationSummary = Schemas['GenerationSummary'];
export type Generation = Schemas['GenerationView'];
export type NewGeneration = Schemas['NewGeneration'];
export type Today = Schemas['TodayView'];

export type Profile = Schemas['ProfileView'];
export type SectionMark = Schemas['SectionMark'];
export type UpdateProfile = Schemas['UpdateProfile'];
export type Audience = Schemas['AudienceView'];
export type UpdateAudience = Schemas['UpdateAudience'];
export type Awareness = Schemas['Awareness'];
export type Pillar = Schemas['PillarView'];
export type UpdatePillar = Schemas['UpdatePillar'];
export type Proposal = Schemas['Proposal'];
export type Hook = Schemas['HookView'];
export type UpdateHook = Schemas['UpdateHook'];
export type HookKind = Schemas['HookKind'];
export type Offer = Schemas['OfferView'];
export type UpdateOffer = Schemas['UpdateOffer'];
export type Finding = Schemas['Finding'];
export type Price = Schemas['Price'];
export type Promotion = Schemas['Promotion'];
export type Knowledge = Schemas['KnowledgeView'];
export type UpdateKnowledge = Schemas['UpdateKnowledge'];
export type KnowledgeKind = Schemas['KnowledgeKind'];
export type Season = Schemas['Season'];
export type Urgency = Schemas['Urgency'];
