import type { Problem } from '@/shared/api/problem';

/** What no single field can show. */
export function FormError({ problem, fields }: { problem: Problem | null; fields: string[] }) {
  if (!problem || fields.some((f) => problem.at(f))) return null;
  return (
    <div role="alert" className="rounded-md bg-bad-soft px-4 py-3 text-sm text-bad">
      <p>{problem.message}</p>
      {problem.status >= 500 && problem.requestId && <p className="mt-1 text-xs">Request <code className="font-mono select-all">{problem.requestId}</code></p>}
    </div>
  );
}
