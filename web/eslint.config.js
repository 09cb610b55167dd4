// Types first, React's rules of hooks, and who may import whom:
//   app > features > canvas, ui > graph, api        (a folder sees only what stands to its right)
// Folders are reached by their name (#graph/model.ts), never by climbing ("../"), so a crossing is always visible.
import js from "@eslint/js";
import hooks from "eslint-plugin-react-hooks";
import globals from "globals";
import ts from "typescript-eslint";

const VIEW_LIBRARIES = ["react", "react-dom", "react-dom/*", "@mantine/*", "@tabler/*", "@tanstack/*"];

/** What a folder may not import: folders above or beside it, and libraries that are not its business. */
const FORBIDDEN = {
  graph: ["#api/*", "#canvas/*", "#ui/*", "#features/*", "#app/*", "cytoscape", ...VIEW_LIBRARIES],
  api: ["#graph/*", "#canvas/*", "#ui/*", "#features/*", "#app/*", "cytoscape", ...VIEW_LIBRARIES],
  canvas: ["#api/*", "#ui/*", "#features/*", "#app/*", ...VIEW_LIBRARIES],
  ui: ["#canvas/*", "#features/*", "#app/*", "cytoscape"],
  features: ["#features/*", "#app/*", "cytoscape"],
  app: ["cytoscape"],
};

const boundary = ([folder, group]) => ({
  files: [`src/${folder}/**/*.{ts,tsx}`],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: [
          { group, message: `src/${folder} does not import this: app > features > canvas, ui > graph, api.` },
          { regex: "^\\.\\./", message: "Reach another folder by its name: #graph/..., #ui/..." },
        ],
      },
    ],
  },
});

export default ts.config(
  { ignores: ["dist", "src/api/schema.ts"] },
  js.configs.recommended,
  {
    files: ["src/**/*.{ts,tsx}", "vite.config.ts"],
    extends: [ts.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      complexity: ["error", 12],
      "max-lines": ["error", 400],
      "max-lines-per-function": ["error", { max: 90, skipBlankLines: true, skipComments: true }],
    },
  },
  // In markup each optional part counts as a branch; it is a list of parts, not a decision to follow.
  { files: ["src/**/*.tsx"], rules: { complexity: ["error", 16] } },
  {
    files: ["src/**/*.test.ts"],
    rules: { "max-lines-per-function": "off", "@typescript-eslint/no-non-null-assertion": "off", complexity: "off" },
  },
  { files: ["src/**/*.tsx", "src/**/*.ts"], ...hooks.configs.flat["recommended-latest"] },
  { files: ["scripts/**/*.mjs", "*.js"], languageOptions: { globals: globals.node } },
  ...Object.entries(FORBIDDEN).map(boundary),
);
