// What the panel reads out of facets, with care: facets are whatever their producer wrote.

type Facets = Record<string, unknown>;

function textOf(facet: unknown, key: string): string | null {
  if (typeof facet !== "object" || facet === null) return null;
  const value = (facet as Facets)[key];
  return typeof value === "string" && value !== "" ? value : null;
}

/** The text of a job's sql facet. */
export function sqlOf(facets: Facets): string | null {
  return textOf(facets["sql"], "query");
}

/** Why a run failed, from its errorMessage facet. */
export function errorOf(facets: Facets): { message: string; stackTrace: string | null } | null {
  const message = textOf(facets["errorMessage"], "message");
  return message === null ? null : { message, stackTrace: textOf(facets["errorMessage"], "stackTrace") };
}
