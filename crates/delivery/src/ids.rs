//! Ids of what delivery owns.

bellwether_kernel::id!(NotificationId, "notice", "What somebody was told.");
bellwether_kernel::id!(ContactId, "contact", "An address that gets marketing, or no more of it.");
bellwether_kernel::id!(CampaignId, "campaign", "A countdown to a launch.");
bellwether_kernel::id!(DeliveryId, "delivery", "A morning's delivery to somebody.");
bellwether_kernel::id!(ChannelId, "channel", "A way to somebody.");
bellwether_kernel::id!(PushSubscriptionId, "push", "A browser that shows notifications.");
bellwether_kernel::id!(SendId, "send", "Something that is to reach somebody once.");
bellwether_kernel::id!(AttemptId, "sendattempt", "One try by one way.");
