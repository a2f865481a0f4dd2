// Why this exists: the sites that have a profile, and where their chats live. Generated from core/src/site by `cargo xtask codegen`.
export const SITES = [
	{ host: 'claude.ai', newChat: '/new', conversationPath: '/chat/' },
	{ host: 'chatgpt.com', newChat: '/', conversationPath: '/c/' },
	{ host: 'gemini.google.com', newChat: '/app', conversationPath: '/app/' },
];
export const ORIGINS = SITES.map(({ host }) => `https://${host}`);
export const PATTERNS = ORIGINS.map((origin) => `${origin}/*`);
