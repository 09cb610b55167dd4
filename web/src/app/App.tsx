// The application: header, start page or graph page, and how the parts of the graph page talk to each other.
import { lazy, Suspense, useCallback } from "react";

import { SearchBox } from "#features/search/SearchBox.tsx";
import { StartPage } from "#features/start/StartPage.tsx";
import type { GraphNode, Side } from "#graph/model.ts";
import { expandSide, FIRST_VIEW, viewOf, type View } from "#graph/view.ts";

import { Header } from "./Header.tsx";
import { useSqlView } from "./useSqlView.ts";
import { useView, type ChangeView } from "./useView.ts";

// The graph page brings Cytoscape and comes as a chunk of its own.
const graphPage = () => import("#features/lineage/LineagePage.tsx");
const LineagePage = lazy(() => graphPage().then((page) => ({ default: page.LineagePage })));
if (window.location.search.includes("entity=")) void graphPage();
const DetailsPanel = lazy(() =>
  import("#features/details/DetailsPanel.tsx").then((panel) => ({ default: panel.DetailsPanel })),
);

const SqlPage = lazy(() => import("#features/sql/SqlPage.tsx").then((page) => ({ default: page.SqlPage })));

export function App() {
  const [view, onView] = useView();
  const sql = useSqlView();
  const onOpen = useCallback((entity: string) => onView((now) => viewOf(entity, now)), [onView]);
  const isStart = view.entity === null && sql.view === null;
  return (
    <>
      <Header
        onHome={() => onView(() => FIRST_VIEW)}
        onSql={sql.open}
        search={isStart ? null : <SearchBox onOpen={onOpen} />}
      />
      {sql.view !== null ? (
        <Suspense>
          <SqlPage view={sql.view} onView={sql.change} />
        </Suspense>
      ) : isStart ? (
        <main style={{ flex: 1, overflow: "auto" }}>
          <StartPage search={<SearchBox onOpen={onOpen} large />} onOpen={onOpen} />
        </main>
      ) : (
        <Suspense>
          <LineagePage
            view={view}
            onView={onView}
            onOpen={onOpen}
            details={(node, hidden) => <Details {...{ node, hidden, view, onView }} />}
          />
        </Suspense>
      )}
    </>
  );
}

interface DetailsProps {
  node: GraphNode;
  hidden: Record<Side, number>;
  view: View;
  onView: ChangeView;
}

function Details({ node, hidden, view, onView }: DetailsProps) {
  return (
    <Suspense>
      <DetailsPanel
        node={node}
        hidden={hidden}
        field={view.field}
        run={view.run}
        actions={{
          onClose: () => onView((now) => ({ ...now, node: null, field: null, run: null })),
          onOpen: (id) => onView((now) => ({ ...viewOf(id, now), node: id })),
          onFocus: (id) => onView((now) => ({ ...viewOf(id, now), node: id })),
          onExpand: (side) => onView((now) => expandSide(now, { node: node.id, side })),
          onField: (field) => onView((now) => ({ ...now, field })),
          onRun: (run) => onView((now) => ({ ...now, run })),
        }}
      />
    </Suspense>
  );
}
