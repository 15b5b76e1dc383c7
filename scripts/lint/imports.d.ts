export function importProblem(file: string, source: string): string | null;
