// The drawing surface: Cytoscape keeps the viewport, the lines and the pointer; a second canvas on top shows the cards.
// The only file that talks to a Cytoscape instance. It shows a scene and reports what was pointed at; it decides nothing.
import cytoscape from "cytoscape";
import type { Core, EventObject, SingularElementArgument } from "cytoscape";

import { hitTest, shownSides, type Hit } from "#graph/hit.ts";
import type { Side } from "#graph/model.ts";
import type { PlacedCard, Scene } from "#graph/scene.ts";

import { sceneElements } from "./elements.ts";
import { NO_HIGHLIGHT, paintCards, type Highlight } from "./painter.ts";
import { stylesheet } from "./style.ts";
import type { Palette } from "#graph/palette.ts";

export interface Viewport {
  zoom: number;
  pan: { x: number; y: number };
  width: number;
  height: number;
}

/** What lies under the pointer: part of a card, or a line by its id in the scene. */
export type Pointed = { hit: Hit } | { line: string } | { fieldLine: string } | null;

export interface CanvasEvents {
  onTap: (pointed: Pointed) => void;
  onHover: (pointed: Pointed, at: { x: number; y: number }) => void;
  onViewport: (viewport: Viewport) => void;
}

const MARGIN = 28;
const MAX_FIT_ZOOM = 1.15;
/** Names can be read at this zoom; a first look is not further away, even if it then shows a part only. */
const READABLE = 0.64;
const MANY = 600;
const SETTLING_MS = 1200;
const LINES_AFTER_MS = 30;

export class GraphCanvas {
  private readonly cy: Core;
  private readonly sheet: HTMLCanvasElement;
  private readonly watcher: ResizeObserver;
  private scene: Scene | null = null;
  private sides = new Map<string, Set<Side>>();
  private highlight: Highlight = NO_HIGHLIGHT;
  private theme: Palette;
  private readonly events: CanvasEvents;
  private homeAt = -Infinity;
  /** The scene whose lines Cytoscape holds, and the timer of the one whose lines are to come. */
  private linesOf: Scene | null = null;
  private waiting: ReturnType<typeof setTimeout> | undefined;

  constructor(container: HTMLElement, theme: Palette, events: CanvasEvents) {
    this.theme = theme;
    this.events = events;
    this.cy = cytoscape({
      container,
      style: stylesheet(theme),
      layout: { name: "preset" },
      minZoom: 0.03,
      maxZoom: 2.2,
      autoungrabify: true,
      autounselectify: true,
      boxSelectionEnabled: false,
      hideEdgesOnViewport: false,
    });
    this.sheet = container.ownerDocument.createElement("canvas");
    this.sheet.style.cssText = "position:absolute;inset:0;width:100%;height:100%;pointer-events:none;z-index:1";
    container.append(this.sheet);
    this.watcher = new ResizeObserver(() => this.resize());
    this.watcher.observe(container);
    this.listen();
  }

  /** Show a scene. `keep` names a card that stays where it is on screen; without it everything is fitted. */
  show(scene: Scene, keep: string | null): void {
    const before = keep === null || this.isSettling() ? null : this.cardAt(keep);
    this.scene = scene;
    this.sides = shownSides(scene);
    const { cy } = this;
    const after = keep === null ? null : this.cardAt(keep);
    if (before !== null && after !== null) {
      cy.panBy({ x: (before.x - after.x) * cy.zoom(), y: (before.y - after.y) * cy.zoom() });
    } else {
      if (!this.isSettling()) this.homeAt = performance.now();
      this.home();
    }
    this.paint();
    performance.mark("whence:cards");
    clearTimeout(this.waiting);
    if (scene.cards.length < MANY) this.drawLines(scene);
    else this.waiting = setTimeout(() => this.drawLines(scene), LINES_AFTER_MS);
  }

  /** Hand the lines to Cytoscape. Of a large scene they come a moment after its cards, which are cheap. */
  private drawLines(scene: Scene): void {
    const { cy } = this;
    cy.batch(() => {
      cy.elements().remove();
      cy.add(sceneElements(scene));
    });
    this.linesOf = scene;
    this.markLines();
    performance.mark("whence:lines");
  }

  setHighlight(highlight: Highlight): void {
    this.highlight = highlight;
    this.markLines();
    this.paint();
  }

  setTheme(theme: Palette): void {
    this.theme = theme;
    this.cy.style(stylesheet(theme));
    this.paint();
  }

  /** The first look: the whole scene where it can be read so, else its start with as much around it as fits. */
  home(): void {
    const { cy, scene } = this;
    this.fit();
    const start = scene?.cards.find((card) => card.isStart);
    if (scene === null || start === undefined || cy.zoom() >= READABLE) return;
    const middle = (at: number, size: number, room: number): number => {
      const half = room / READABLE / 2 - MARGIN;
      return size <= 2 * half ? size / 2 : Math.min(Math.max(at, half), size - half);
    };
    const x = middle(start.x + start.width / 2, scene.width, cy.width());
    this.lookAt(x, middle(start.y + start.height / 2, scene.height, cy.height()), READABLE);
  }

  /** Show the whole scene; a small one is not blown up. */
  fit(): void {
    const { cy, scene } = this;
    if (scene === null || cy.width() === 0) return;
    const zoom = Math.min(
      (cy.width() - 2 * MARGIN) / Math.max(scene.width, 1),
      (cy.height() - 2 * MARGIN) / Math.max(scene.height, 1),
    );
    this.lookAt(scene.width / 2, scene.height / 2, Math.max(Math.min(zoom, MAX_FIT_ZOOM), cy.minZoom()));
  }

  /** Bring a card into view, at a size at which it can be read. */
  reveal(id: string): void {
    const card = this.cardAt(id);
    if (card === null) return;
    const { cy } = this;
    const box = cy.extent();
    const inside = card.x > box.x1 && card.x + card.width < box.x2 && card.y > box.y1 && card.y + 54 < box.y2;
    if (!inside || cy.zoom() < 0.42) this.lookAt(card.x + card.width / 2, card.y + 27, Math.max(cy.zoom(), 0.8));
  }

  zoomBy(factor: number): void {
    const { cy } = this;
    cy.zoom({ level: cy.zoom() * factor, renderedPosition: { x: cy.width() / 2, y: cy.height() / 2 } });
  }

  /** Put a point of the scene into the middle. */
  lookAt(x: number, y: number, zoom = this.cy.zoom()): void {
    const { cy } = this;
    cy.viewport({ zoom, pan: { x: cy.width() / 2 - x * zoom, y: cy.height() / 2 - y * zoom } });
  }

  panBy(x: number, y: number): void {
    this.cy.panBy({ x, y });
  }

  /** The whole scene as a picture, at twice the size it is laid out in (less when that would be absurdly large). */
  async picture(): Promise<Blob | null> {
    const { cy, scene, theme } = this;
    if (scene === null) return null;
    const room = { left: -MARGIN, top: -MARGIN, width: scene.width + 2 * MARGIN, height: scene.height + 2 * MARGIN };
    const scale = Math.min(2, 12_000 / Math.max(room.width, room.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.ceil(room.width * scale);
    canvas.height = Math.ceil(room.height * scale);
    const ctx = canvas.getContext("2d");
    if (ctx === null) return null;
    ctx.fillStyle = theme.paper;
    ctx.fillRect(0, 0, canvas.width, canvas.height);
    const lines = await createImageBitmap(cy.png({ full: true, scale, output: "blob" }));
    const box = cy.elements().boundingBox({});
    ctx.drawImage(lines, (box.x1 - room.left) * scale, (box.y1 - room.top) * scale);
    ctx.setTransform(scale, 0, 0, scale, -room.left * scale, -room.top * scale);
    const view = { left: -Infinity, top: -Infinity, right: Infinity, bottom: Infinity };
    paintCards({ ctx, theme, zoom: 1, highlight: this.highlight, sides: this.sides }, scene, view);
    return new Promise((resolve) => canvas.toBlob(resolve));
  }

  destroy(): void {
    clearTimeout(this.waiting);
    this.watcher.disconnect();
    this.cy.destroy();
    this.sheet.remove();
  }

  /** A page that opens gets its parts one by one (a panel, a second answer): for moments the first look is taken anew. */
  private isSettling(): boolean {
    return performance.now() - this.homeAt < SETTLING_MS;
  }

  private resize(): void {
    this.cy.resize();
    if (this.isSettling()) this.home();
  }

  private listen(): void {
    const { cy } = this;
    cy.on("render", () => this.paint());
    cy.on("viewport resize", () => this.events.onViewport(this.viewport()));
    cy.on("tap", (event) => this.events.onTap(this.pointed(event)));
    cy.on("mousemove", (event) => this.events.onHover(this.pointed(event), event.renderedPosition));
    cy.container()?.addEventListener("mouseleave", () => this.events.onHover(null, { x: 0, y: 0 }));
  }

  private viewport(): Viewport {
    const { cy } = this;
    return { zoom: cy.zoom(), pan: { ...cy.pan() }, width: cy.width(), height: cy.height() };
  }

  private pointed(event: EventObject): Pointed {
    if (this.scene === null) return null;
    const { selected, hovered } = this.highlight;
    const active = new Set([selected, hovered].filter((id) => id !== null));
    const hit = hitTest(this.scene, event.position, active, this.sides);
    if (hit !== null) return { hit };
    const target = event.target as Core | SingularElementArgument;
    if (target === this.cy) return null;
    const id = (target as SingularElementArgument).id();
    if (id.startsWith("line ")) return { line: id.slice("line ".length) };
    return id.startsWith("field ") ? { fieldLine: id.slice("field ".length) } : null;
  }

  private cardAt(id: string): PlacedCard | null {
    return this.scene?.cards.find((card) => card.id === id) ?? null;
  }

  /** Give lines the classes that the highlight asks for. */
  private markLines(): void {
    const { scene, cy } = this;
    if (scene === null || scene !== this.linesOf) return;
    const { focus, fields } = this.highlight;
    cy.batch(() => {
      for (const line of scene.lines) {
        const lit = fields === null && focus?.edges.has(line.id) === true;
        mark(cy, `line ${line.id}`, { lit, dim: focus !== null && !lit });
      }
      for (const line of scene.fieldLines) {
        const lit = fields?.has(line.fromField) === true && fields.has(line.toField);
        const near = focus === null || (focus.nodes.has(line.from) && focus.nodes.has(line.to));
        mark(cy, `field ${line.id}`, { lit, dim: (fields !== null && !lit) || !near });
      }
    });
  }

  private paint(): void {
    const { sheet, cy, scene, theme } = this;
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [Math.round(cy.width() * ratio), Math.round(cy.height() * ratio)];
    if (sheet.width !== width || sheet.height !== height) {
      sheet.width = width;
      sheet.height = height;
    }
    const ctx = sheet.getContext("2d");
    if (ctx === null) return;
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.clearRect(0, 0, width, height);
    if (scene === null) return;
    const [zoom, pan, box] = [cy.zoom(), cy.pan(), cy.extent()];
    ctx.setTransform(zoom * ratio, 0, 0, zoom * ratio, pan.x * ratio, pan.y * ratio);
    const detail = scene.cards.length > MANY ? Math.min(zoom, zoom < 0.6 ? 0.41 : zoom) : zoom;
    const view = { left: box.x1, top: box.y1, right: box.x2, bottom: box.y2 };
    paintCards({ ctx, theme, zoom: detail, highlight: this.highlight, sides: this.sides }, scene, view);
  }
}

function mark(cy: Core, id: string, classes: Record<"lit" | "dim", boolean>): void {
  const edge = cy.getElementById(id);
  for (const [name, on] of Object.entries(classes)) if (edge.hasClass(name) !== on) edge.toggleClass(name, on);
}
