/** Where one can go from everywhere: the navigation, its shortcuts, and the list on a phone. */
import {
  Briefcase,
  FileStack,
  Inbox,
  LayoutDashboard,
  ListChecks,
  Radio,
  Scale,
  Settings2,
  Timer,
  UserCheck,
} from "lucide-react";
import type { LucideIcon } from "lucide-react";

export interface Place {
  readonly to:
    | "/"
    | "/queues"
    | "/cases"
    | "/approvals"
    | "/clocks"
    | "/batches"
    | "/services"
    | "/reconciliation"
    | "/jobs"
    | "/administration";
  readonly label: string;
  readonly key: string;
  readonly icon: LucideIcon;
  /** On a narrow page it stands under *More*. */
  readonly wideOnly?: boolean;
}

export const PLACES: readonly Place[] = [
  { to: "/", label: "Today", key: "t", icon: LayoutDashboard },
  { to: "/queues", label: "Queues", key: "q", icon: Inbox },
  { to: "/cases", label: "Cases", key: "c", icon: Briefcase },
  { to: "/approvals", label: "Approvals", key: "p", icon: UserCheck, wideOnly: true },
  { to: "/clocks", label: "Clocks", key: "r", icon: Timer, wideOnly: true },
  { to: "/batches", label: "Batches", key: "b", icon: FileStack },
  { to: "/services", label: "Services", key: "s", icon: Radio, wideOnly: true },
  { to: "/reconciliation", label: "Reconcile", key: "e", icon: Scale, wideOnly: true },
  { to: "/jobs", label: "Jobs", key: "j", icon: ListChecks, wideOnly: true },
  { to: "/administration", label: "Admin", key: "a", icon: Settings2, wideOnly: true },
];
