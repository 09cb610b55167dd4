// Search as you type, over names of datasets and jobs. "/" and Ctrl+K come here from anywhere; arrows and Enter choose.
import { Combobox, Kbd, Loader, Text, TextInput, useCombobox } from "@mantine/core";
import { useDebouncedValue, useHotkeys } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";

import { ApiError } from "#api/client.ts";
import { useApi } from "#ui/apiContext.tsx";
import { NodeName } from "#ui/NodeName.tsx";

const LIMIT = 9;

function useHits(text: string) {
  const api = useApi();
  return useQuery({
    queryKey: ["search", text],
    queryFn: ({ signal }) => api.search(text, LIMIT, signal),
    enabled: text !== "",
    placeholderData: keepPreviousData,
    retry: false,
  });
}

export function SearchBox({ onOpen, large = false }: { onOpen: (entity: string) => void; large?: boolean }) {
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  const [asked] = useDebouncedValue(text.trim(), 120);
  const hits = useHits(asked);
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });
  const focus = (): void => input.current?.select();
  useHotkeys([
    ["/", focus],
    ["shift+/", focus],
    ["mod+K", focus],
  ]);
  const open = (entity: string): void => {
    combobox.closeDropdown();
    setText("");
    input.current?.blur();
    onOpen(entity);
  };
  return (
    <Combobox store={combobox} onOptionSubmit={open} shadow="lg" offset={6} withinPortal>
      <Combobox.Target>
        <TextInput
          ref={input}
          aria-label="Search datasets and jobs"
          placeholder="Search a dataset or job"
          size={large ? "lg" : "sm"}
          value={text}
          autoFocus={large}
          leftSection={<IconSearch size={large ? 20 : 16} aria-hidden />}
          rightSection={hits.isFetching && asked !== "" ? <Loader size="xs" /> : <Kbd size="xs">/</Kbd>}
          onChange={(event) => {
            setText(event.currentTarget.value);
            combobox.openDropdown();
            combobox.resetSelectedOption();
          }}
          onFocus={() => combobox.openDropdown()}
          onBlur={() => combobox.closeDropdown()}
          onKeyDown={(event) => {
            const first = hits.data?.results[0];
            if (event.key === "Escape") input.current?.blur();
            if (event.key !== "Enter" || combobox.getSelectedOptionIndex() >= 0 || text.trim() === "") return;
            event.preventDefault();
            open(first !== undefined && asked === text.trim() ? first.nodeId : text.trim());
          }}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={asked === ""}>
        <Hits asked={asked} hits={hits} />
      </Combobox.Dropdown>
    </Combobox>
  );
}

function Hits({ asked, hits }: { asked: string; hits: ReturnType<typeof useHits> }) {
  if (hits.error !== null) {
    const down = hits.error instanceof ApiError && hits.error.status === 0;
    return <Combobox.Empty role="alert">{down ? "The server cannot be reached." : hits.error.message}</Combobox.Empty>;
  }
  if (hits.data === undefined) return <Combobox.Empty>Searching …</Combobox.Empty>;
  const { results, totalCount } = hits.data;
  if (results.length === 0) return <Combobox.Empty>No dataset or job has “{asked}” in its name.</Combobox.Empty>;
  return (
    <>
      <Combobox.Options aria-label="Datasets and jobs">
        {results.map((hit) => (
          <Combobox.Option key={hit.nodeId} value={hit.nodeId}>
            <NodeName node={hit} />
          </Combobox.Option>
        ))}
      </Combobox.Options>
      {totalCount > results.length && (
        <Combobox.Footer>
          <Text size="xs" c="dimmed">
            {results.length} of {totalCount.toLocaleString("en")}: type more of the name to see the others.
          </Text>
        </Combobox.Footer>
      )}
    </>
  );
}
