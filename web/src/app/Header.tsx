// The bar on top: home, search, keys, colour scheme.
import {
  ActionIcon,
  Group,
  Tooltip,
  UnstyledButton,
  useComputedColorScheme,
  useMantineColorScheme,
} from "@mantine/core";
import { useDisclosure, useHotkeys } from "@mantine/hooks";
import { IconKeyboard, IconMoon, IconSql, IconSun } from "@tabler/icons-react";
import { lazy, Suspense, type ReactNode } from "react";

import classes from "./App.module.css";

const KeysHelp = lazy(() => import("./KeysHelp.tsx").then((help) => ({ default: help.KeysHelp })));

interface HeaderProps {
  onHome: () => void;
  onSql: () => void;
  search: ReactNode;
}

export function Header({ onHome, onSql, search }: HeaderProps) {
  const [isHelpOpen, help] = useDisclosure(false);
  useHotkeys([
    ["?", help.toggle],
    ["shift+?", help.toggle],
  ]);
  return (
    <header className={classes.header}>
      <UnstyledButton className={classes.brand} onClick={onHome} aria-label="Whence, start page">
        <img src="./whence.svg" alt="" width="26" height="26" />
        Whence
      </UnstyledButton>
      <div className={classes.search} role="search">
        {search}
      </div>
      <Group gap={4} wrap="nowrap">
        <Tooltip label="Read SQL">
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label="Read SQL" onClick={onSql}>
            <IconSql size={20} aria-hidden />
          </ActionIcon>
        </Tooltip>
        <Tooltip label="Keys">
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label="Keys" onClick={help.open}>
            <IconKeyboard size={20} aria-hidden />
          </ActionIcon>
        </Tooltip>
        <SchemeSwitch />
      </Group>
      <Suspense>{isHelpOpen && <KeysHelp onClose={help.close} />}</Suspense>
    </header>
  );
}

function SchemeSwitch() {
  const { setColorScheme } = useMantineColorScheme();
  const isDark = useComputedColorScheme("light") === "dark";
  const label = isDark ? "Light colours" : "Dark colours";
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={label}
        onClick={() => setColorScheme(isDark ? "light" : "dark")}
      >
        {isDark ? <IconSun size={20} aria-hidden /> : <IconMoon size={20} aria-hidden />}
      </ActionIcon>
    </Tooltip>
  );
}
