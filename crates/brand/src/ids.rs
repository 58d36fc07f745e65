//! Ids of what belongs to a brand.

bellwether_kernel::id!(AudienceId, "audience", "People to whom a brand speaks.");
bellwether_kernel::id!(PillarId, "pillar", "Something that a brand writes about.");
bellwether_kernel::id!(HookId, "hook", "A first line.");
bellwether_kernel::id!(OfferId, "offer", "Something that a brand sells.");
bellwether_kernel::id!(KnowledgeId, "know", "Something that a brand knows.");
bellwether_kernel::id!(PictureId, "picture", "A brand's picture.");
bellwether_kernel::id!(VoiceSampleId, "sample", "A text from which a brand's voice is learned.");
bellwether_kernel::id!(VoiceModelId, "voice", "A version of a brand's voice.");
