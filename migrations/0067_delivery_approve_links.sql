-- Whether what comes by a way has links by which whoever follows them approves a draft in its person's name, without signing in.
-- A channel of Slack and a group of Telegram have many readers. Null is what nobody chose: then it depends on whether a chat is
-- of one person, which its sealed address says.
ALTER TABLE delivery.channels ADD COLUMN approve_links boolean;
