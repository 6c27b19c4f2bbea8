/** Small projects that show what a rule refuses, and what it lets pass. */
export interface Proof {
  /** Projects with one breach each, and where it is found: `path:line`. */
  readonly refuses: Readonly<Record<string, { readonly files: Files; readonly at: string }>>
  /** Projects that come near, and break nothing. */
  readonly admits: Readonly<Record<string, Files>>
}

/** Files of a project: path to text. */
export type Files = Readonly<Record<string, string>>
