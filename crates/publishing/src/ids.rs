//! Ids of what publishing owns.

bellwether_kernel::id!(ConnectionId, "conn", "An account of a network that posts go out on.");
bellwether_kernel::id!(PublicationId, "pub", "A post on one account.");
bellwether_kernel::id!(AttemptId, "try", "One try to send or to settle.");
bellwether_kernel::id!(ConsentId, "consent", "A consent under way.");
bellwether_kernel::id!(ScheduleId, "schedule", "When a brand publishes.");
bellwether_kernel::id!(SlotId, "slot", "A time of the week.");
bellwether_kernel::id!(PauseId, "pause", "A pause.");
bellwether_kernel::id!(SandboxPostId, "sand", "A post of the sandbox network.");
bellwether_kernel::id!(ApprovalRuleId, "rule", "Who must approve what.");
bellwether_kernel::id!(ReviewId, "review", "What somebody said of a text.");
bellwether_kernel::id!(ReviewLinkId, "rlink", "A link for a client without an account.");
bellwether_kernel::id!(RecurrenceId, "recur", "What goes out again and again.");
bellwether_kernel::id!(CalendarFeedId, "feed", "A secret address of a calendar.");
