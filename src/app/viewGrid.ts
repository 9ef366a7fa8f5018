/** The grid of views: which are seen, and which one keys mean. */
import { type App, follow } from './app';
import { byId, setShown } from './dom';
import { shownCase } from './state';
import { type MountedView, VIEWS, viewsIn } from './view';

/** Fills `#views`. */
export function mountViews(app: App): Pick<App, 'zoom' | 'showAll' | 'actualSize'> {
  const host = byId('views', HTMLElement);
  const mounted = new Map<string, MountedView>();
  for (const view of VIEWS) {
    const made = view.make(app);
    setShown(made.element, false);
    mounted.set(view.id, made);
    host.append(made.element);
  }
  follow(app, (s) => {
    const open = shownCase(s);
    const seen = open ? viewsIn(s.layout, open.info).map((v) => v.id) : [];
    for (const [id, { element }] of mounted) {
      setShown(element, seen.includes(id));
      element.dataset.active = String(seen.length > 1 && id === open?.look.plane);
      // The plane that the case is best seen in has the most room.
      element.dataset.main = String(id === open?.info.plane);
    }
    host.dataset.count = String(seen.length);
  });
  return {
    zoom(factor) {
      const s = app.store.get();
      const open = shownCase(s);
      if (!open) return;
      const seen = viewsIn(s.layout, open.info);
      mounted.get(seen.length === 1 ? seen[0].id : open.look.plane)?.zoom(factor);
    },
    actualSize() {
      const open = shownCase(app.store.get());
      if (open) mounted.get(open.look.plane)?.actualSize?.();
    },
    showAll() {
      for (const { showAll } of mounted.values()) showAll();
    },
  };
}
