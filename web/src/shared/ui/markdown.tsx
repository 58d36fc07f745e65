import type { ReactNode } from 'react';
import Markdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';

/** A heading of the text stands below the headings of the page. */
const heading = (Tag: 'h4' | 'h5' | 'h6', look: string) => function Heading({ children }: { children?: ReactNode }) {
  return <Tag className={look}>{children}</Tag>;
};
const components: Components = {
  h1: heading('h4', 'mt-6 mb-2 text-xl font-semibold first:mt-0'),
  h2: heading('h4', 'mt-6 mb-2 text-xl font-semibold first:mt-0'),
  h3: heading('h5', 'mt-5 mb-1.5 text-lg font-semibold first:mt-0'),
  h4: heading('h6', 'mt-4 mb-1 font-semibold first:mt-0'),
  h5: heading('h6', 'mt-4 mb-1 font-semibold first:mt-0'),
  h6: heading('h6', 'mt-4 mb-1 font-semibold first:mt-0'),
  p: ({ children }) => <p className="my-3 first:mt-0 last:mb-0">{children}</p>,
  a: ({ children, href }) => <a href={href} target="_blank" rel="noreferrer noopener" className="text-link underline decoration-1 underline-offset-4">{children}</a>,
  ul: ({ children }) => <ul className="my-3 list-disc pl-6 marker:text-ink-3">{children}</ul>,
  ol: ({ children, start }) => <ol start={start} className="my-3 list-decimal pl-6 marker:text-ink-3">{children}</ol>,
  li: ({ children }) => <li className="my-1">{children}</li>,
  blockquote: ({ children }) => <blockquote className="my-4 border-l-2 border-brass pl-4 text-ink-2 italic">{children}</blockquote>,
  hr: () => <hr className="my-6" />,
  pre: ({ children }) => <pre tabIndex={0} className="my-4 overflow-x-auto rounded-md bg-sunk p-3 font-mono text-sm scroll-thin">{children}</pre>,
  code: ({ children }) => <code className="rounded-sm bg-sunk px-1 font-mono text-[0.85em]">{children}</code>,
  table: ({ children }) => <div tabIndex={0} className="my-4 overflow-x-auto scroll-thin"><table className="w-full text-left text-base">{children}</table></div>,
  th: ({ children }) => <th className="border-b-2 py-1.5 pr-4 font-semibold">{children}</th>,
  td: ({ children }) => <td className="border-b py-1.5 pr-4 align-top">{children}</td>,
  // A picture from elsewhere would tell its server who reads here; the policy forbids it too.
  img: ({ alt, src }) => <span className="text-ink-3">[picture: {alt || String(src ?? '')}]</span>,
};

/** Markdown as its reader will see it. No HTML of the text is let through, and no address but http, https and mailto. */
export default function RenderedMarkdown({ text }: { text: string }) {
  return <Markdown remarkPlugins={[remarkGfm]} skipHtml components={components}>{text}</Markdown>;
}
