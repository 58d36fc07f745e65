//! Ids of what only this context knows.

bellwether_kernel::id!(PasskeyId, "passkey", "A person's passkey.");
bellwether_kernel::id!(CeremonyId, "ceremony", "A challenge that an authenticator is to answer.");
bellwether_kernel::id!(LogoId, "logo", "An organization's logo.");
bellwether_kernel::id!(ExternalIdentityId, "extid", "A person's identity at an outside service.");
