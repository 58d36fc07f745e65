//! Ids of what a brand listens to.

bellwether_kernel::id!(SourceId, "source", "Something that a brand listens to.");
bellwether_kernel::id!(ItemId, "item", "Something that a source said.");
bellwether_kernel::id!(SmartFeedId, "feed", "Topics that a brand wants to read about.");
bellwether_kernel::id!(TrendId, "trend", "Something that rises in what sources say.");
