//! Terms of business documents in English, German, Spanish and French: what the headers of files say.

/// The languages beside English.
pub(super) const LANGUAGES: [&str; 3] = ["German", "Spanish", "French"];

/// English, German, Spanish, French; spellings parted by `|`.
#[rustfmt::skip]
pub(super) const TERMS: &[(&str, [&str; 3])] = &[
    // Parties.
    ("customer", ["Kunde|Debitor|Auftraggeber", "Cliente|Comprador", "Client|Acheteur"]),
    ("customer number", [
        "Kundennummer|Kundennr|Kunden-Nr|Kd-Nr|KdNr|Kundencode|Kunden-ID|Debitorennummer|Debitorennr|Debitor Nr|Kontonummer Debitor",
        "Código cliente|Número cliente|Nº cliente|N cliente|Cód cliente|ID cliente|Referencia cliente",
        "Code client|Numéro client|N° client|No client|Nº client|Identifiant client|Référence client|Réf client|Compte client",
    ]),
    ("customer name", [
        "Kundenname|Name des Kunden|Debitorenname",
        "Nombre cliente|Nombre comercial|Razón social cliente",
        "Nom client|Nom du client",
    ]),
    ("company name", [
        "Firma|Firmenname|Firmenbezeichnung|Unternehmen|Name der Firma|Unternehmensname",
        "Empresa|Razón social|Nombre empresa|Nombre fiscal|Sociedad",
        "Raison sociale|Société|Nom société|Nom entreprise|Entreprise|Dénomination sociale|Dénomination",
    ]),
    ("supplier", [
        "Lieferant|Kreditor|Hauptlieferant|Lieferantenname",
        "Proveedor|Nombre proveedor|Proveedor habitual",
        "Fournisseur|Nom fournisseur|Fournisseur principal",
    ]),
    ("supplier number", [
        "Lieferantennummer|Lieferantennr|Lieferanten-Nr|Lief-Nr|Kreditorennummer",
        "Código proveedor|Número proveedor|Nº proveedor",
        "Code fournisseur|Numéro fournisseur|N° fournisseur|Réf fournisseur",
    ]),
    ("contact person", [
        "Ansprechpartner|Kontaktperson|Kontakt|Ansprechperson",
        "Persona de contacto|Contacto",
        "Interlocuteur|Personne à contacter|Contact principal|Nom du contact",
    ]),
    ("job title", ["Position im Unternehmen|Funktion|Stellung", "Cargo|Puesto", "Fonction|Poste"]),
    ("sales representative", [
        "Vertreter|Verkäufer|Außendienst|Vertriebsmitarbeiter|Betreuer|Sachbearbeiter|Kundenbetreuer",
        "Comercial|Vendedor|Agente|Agente comercial|Representante",
        "Commercial|Vendeur|Représentant|Chargé de clientèle|Responsable commercial",
    ]),
    // Where they are.
    ("name", ["Name", "Nombre", "Nom"]),
    ("code", ["Code|Kürzel", "Código|Cód", "Code"]),
    ("address", [
        "Straße|Adresse|Anschrift|Straße und Hausnummer|Straße Hausnummer|Str|Straße/Nr|Rechnungsadresse|Adresszeile 1",
        "Dirección|Domicilio|Calle|Dirección fiscal|Dirección facturación",
        "Adresse|Rue|Adresse 1|Adresse ligne 1|Adresse de facturation|Voie",
    ]),
    ("city", [
        "Ort|Stadt|Wohnort|Ortschaft",
        "Población|Ciudad|Localidad|Municipio",
        "Ville|Commune|Localité",
    ]),
    ("state", [
        "Bundesland|Kanton",
        "Provincia|Comunidad autónoma|Estado provincia",
        "Région|Département|Canton",
    ]),
    ("postal code", ["PLZ|Postleitzahl|Post-PLZ", "Código postal|CP|C.P.|Cód postal", "Code postal|CP|C.P."]),
    ("country", ["Land|Staat|Länderkennzeichen|Ländercode", "País|Código país", "Pays|Code pays"]),
    ("phone", [
        "Telefon|Telefonnummer|Telefon-Nr|Tel-Nr|Rufnummer|Mobil|Mobiltelefon|Handy|Festnetz",
        "Teléfono|Tfno|Tlf|Móvil|Teléfono móvil|Número teléfono",
        "Téléphone|Tél|Portable|Mobile|Numéro téléphone|Tél fixe|Téléphone portable",
    ]),
    ("email", [
        "E-Mail-Adresse|Mailadresse|E-Mail Adresse|Emailadresse",
        "Correo electrónico|Correo|Dirección correo|E-mail contacto",
        "Courriel|Adresse e-mail|Adresse électronique|Mél|Adresse mail",
    ]),
    ("website", [
        "Webseite|Internetseite|Internetadresse|Homepage",
        "Página web|Sitio web",
        "Site web|Site internet",
    ]),
    ("tax id", [
        "USt-IdNr|Umsatzsteuer-ID|USt-ID|Steuernummer|UID",
        "NIF|CIF|NIF/CIF|DNI|Identificación fiscal",
        "Numéro TVA|N° TVA|TVA intracommunautaire|Numéro TVA intracommunautaire",
    ]),
    ("registration", ["Handelsregisternummer|HRB", "Registro mercantil", "SIRET|SIREN|Numéro SIRET"]),
    ("industry", ["Branche", "Sector|Actividad", "Secteur|Secteur d'activité|Activité"]),
    // What is agreed with them.
    ("payment terms days", [
        "Zahlungsziel|Zahlungsziel Tage|Zahlungsfrist|Zahlungsfrist Tage",
        "Plazo de pago|Días de pago|Plazo pago días",
        "Délai de paiement|Délai de règlement|Délai paiement jours",
    ]),
    ("credit limit", [
        "Kreditlimit|Kreditrahmen|Kreditlinie",
        "Límite de crédito|Riesgo máximo|Crédito máximo",
        "Plafond de crédit|Limite de crédit|Encours autorisé|Encours maximum",
    ]),
    ("customer group", [
        "Kundengruppe|Preisgruppe",
        "Grupo de clientes|Tarifa cliente",
        "Groupe client|Catégorie tarifaire|Famille client",
    ]),
    ("currency", ["Währung|Währungscode|Waehrung", "Divisa|Moneda", "Devise|Monnaie"]),
    ("notes", [
        "Bemerkung|Bemerkungen|Notiz|Notizen|Anmerkung|Anmerkungen|Kommentar|Hinweis",
        "Observaciones|Notas|Comentarios|Nota|Comentario",
        "Remarque|Remarques|Commentaire|Commentaires|Observations|Note interne",
    ]),
    ("status", ["Status|Zustand", "Estado|Situación", "Statut|État"]),
    // What is sold.
    ("product code", [
        "Artikelnummer|Artikelnr|Artikel-Nr|Art-Nr|ArtNr|Artikelcode|Produktnummer|Produktcode|Materialnummer|Artikel",
        "Código artículo|Código producto|Referencia|Ref artículo|Referencia artículo|Referencia producto|Artículo|Cód artículo|SKU artículo",
        "Référence|Réf|Code article|Référence article|Code produit|Référence produit|Réf article|Article|Réf produit",
    ]),
    ("product name", [
        "Artikelbezeichnung|Bezeichnung|Produktname|Artikelname|Produktbezeichnung|Artikelbezeichnung 1|Produkt",
        "Nombre producto|Nombre artículo|Denominación|Producto|Descripción artículo",
        "Désignation|Libellé|Nom produit|Nom article|Libellé article|Désignation article|Produit",
    ]),
    ("description", [
        "Beschreibung|Langtext|Artikelbeschreibung|Positionstext|Langbeschreibung",
        "Descripción|Detalle|Descripción larga|Concepto",
        "Description|Descriptif|Détail|Description longue",
    ]),
    ("product category", [
        "Warengruppe|Kategorie|Artikelgruppe|Produktgruppe|Produktkategorie|Hauptwarengruppe",
        "Categoría|Familia|Subfamilia|Categoría producto|Grupo de artículos",
        "Famille|Catégorie|Famille article|Catégorie produit|Sous-famille",
    ]),
    ("brand", [
        "Marke|Hersteller|Produzent|Weingut",
        "Marca|Fabricante|Bodega",
        "Marque|Fabricant|Producteur|Domaine",
    ]),
    ("vintage", ["Jahrgang", "Añada|Cosecha", "Millésime"]),
    ("alcohol %", [
        "Alkoholgehalt|Alkohol %|Alkohol",
        "Graduación|Grado alcohólico|Alcohol %",
        "Degré|Degré d'alcool|Alcool %",
    ]),
    ("unit", [
        "Einheit|Mengeneinheit|ME|Verkaufseinheit|VE",
        "Unidad|Unidad de medida|Unidad venta",
        "Unité|Unité de vente|Unité de mesure|Conditionnement",
    ]),
    ("barcode", [
        "Barcode|EAN-Code|Strichcode|GTIN/EAN|EAN-Nummer",
        "Código de barras|Código EAN|Código barras",
        "Code-barres|Code barre|Code à barres|Code EAN|Gencod",
    ]),
    ("sales price", [
        "VK-Preis|Verkaufspreis|VK|VK netto|Listenpreis|Nettopreis VK|Netto-VK|VK-Netto|Preis",
        "Precio de venta|PVP|Precio venta|P.V.P.|Tarifa|Precio",
        "Prix de vente|PV HT|Prix de vente HT|Prix public|Tarif|Prix|PV",
    ]),
    ("cost price", [
        "EK-Preis|Einkaufspreis|EK|EK netto|Netto-EK|Einstandspreis|Selbstkosten",
        "Precio de coste|Coste|Precio compra|Precio de compra|Costo",
        "Prix d'achat|PA HT|Prix d'achat HT|Coût|Prix de revient|PA",
    ]),
    ("quantity on hand", [
        "Lagerbestand|Bestand|Aktueller Bestand|Verfügbarer Bestand|Lagermenge|Gesamtbestand",
        "Existencias|Stock actual|Stock disponible|Unidades en stock|Stock real",
        "Stock réel|Stock disponible|En stock|Quantité en stock|Stock physique|Stock actuel",
    ]),
    ("reorder level", [
        "Mindestbestand|Meldebestand",
        "Stock mínimo|Punto de pedido",
        "Stock minimum|Seuil d'alerte|Stock mini|Seuil de réapprovisionnement",
    ]),
    ("warehouse", ["Lager|Lagerort|Lagername", "Almacén|Nombre almacén", "Entrepôt|Dépôt|Magasin"]),
    // Orders, invoices, payments.
    ("order number", [
        "Auftragsnummer|Auftragsnr|Auftrags-Nr|Bestellnummer|Bestellnr|Bestell-Nr|Auftrag|Bestellung",
        "Número pedido|Nº pedido|Pedido|Código pedido",
        "Numéro commande|N° commande|Commande|Bon de commande|N° de commande",
    ]),
    ("order date", [
        "Auftragsdatum|Bestelldatum|Bestellt am",
        "Fecha pedido",
        "Date commande|Date de commande",
    ]),
    ("delivery date", [
        "Liefertermin|Wunschtermin|Lieferdatum gewünscht|Wunschlieferdatum",
        "Fecha entrega|Fecha prevista entrega",
        "Date livraison|Date de livraison souhaitée|Livraison prévue",
    ]),
    ("ship date", [
        "Versanddatum|Versendet am|Geliefert am|Lieferdatum",
        "Fecha envío|Fecha expedición",
        "Date expédition|Date d'envoi|Expédié le",
    ]),
    ("invoice number", [
        "Rechnungsnummer|Rechnungsnr|Rechnungs-Nr|Re-Nr|Rg-Nr|Rechnung|Belegnummer|Belegnr",
        "Número factura|Nº factura|Factura|N factura|Núm factura",
        "Numéro facture|N° facture|Facture|N° de pièce|Numéro de pièce|No facture",
    ]),
    ("invoice date", [
        "Rechnungsdatum|Belegdatum|Datum der Rechnung",
        "Fecha factura|Fecha emisión|Fecha expedición factura",
        "Date facture|Date de facturation|Date d'émission|Date pièce",
    ]),
    ("date", ["Datum", "Fecha", "Date"]),
    ("due date", [
        "Fällig am|Fälligkeit|Fälligkeitsdatum|Zahlbar bis|Fälligkeitstermin",
        "Fecha vencimiento|Vencimiento|Vence el",
        "Date échéance|Échéance|Date d'échéance|Échéance le",
    ]),
    ("quantity", [
        "Menge|Anzahl|Stück|Stückzahl|Liefermenge",
        "Cantidad|Unidades|Uds|Cant",
        "Quantité|Qté|Qte|Nombre d'unités",
    ]),
    ("unit price", [
        "Einzelpreis|Stückpreis|E-Preis|Preis je Einheit|Preis pro Stück|Einzelpreis netto",
        "Precio unitario|Precio unidad|P. unitario",
        "Prix unitaire|PU|PU HT|P.U.|Prix unitaire HT",
    ]),
    ("discount %", [
        "Rabatt|Rabatt %|Rabattsatz|Rabatt in %|Rabatt Prozent",
        "Descuento|Dto|% Dto|Descuento %|% descuento|Dto %",
        "Remise|Remise %|% remise|Taux de remise|Rabais",
    ]),
    ("tax rate", [
        "Steuersatz|MwSt-Satz|MwSt %|USt-Satz|USt %|MwSt in %",
        "Tipo IVA|% IVA|IVA %|Tipo de IVA",
        "Taux TVA|Taux de TVA|TVA %|% TVA",
    ]),
    ("tax amount", [
        "Steuerbetrag|MwSt|Mehrwertsteuer|Umsatzsteuer|MwSt-Betrag|USt-Betrag|USt",
        "Importe IVA|IVA|Cuota IVA|Total IVA",
        "Montant TVA|TVA|Total TVA",
    ]),
    ("net amount", [
        "Nettobetrag|Netto|Summe netto|Gesamt netto|Netto-Summe",
        "Base imponible|Importe neto|Neto|Total neto",
        "Montant HT|Total HT|HT|Net HT",
    ]),
    ("total amount", [
        "Gesamtbetrag|Bruttobetrag|Brutto|Gesamtsumme|Rechnungsbetrag|Endbetrag|Gesamt|Summe|Gesamt brutto|Summe brutto",
        "Importe total|Total factura|Total|Total con IVA|Importe bruto|Total pedido",
        "Montant TTC|Total TTC|TTC|Montant total|Net à payer|Total facture",
    ]),
    ("balance due", [
        "Offener Betrag|Offen|Restbetrag|Offener Posten|Saldo offen",
        "Pendiente|Importe pendiente|Saldo pendiente",
        "Reste à payer|Solde dû|Montant restant dû|Reste dû",
    ]),
    ("freight", [
        "Versandkosten|Fracht|Porto|Frachtkosten|Versand",
        "Portes|Gastos de envío|Transporte",
        "Frais de port|Port|Frais de livraison|Transport",
    ]),
    ("paid amount", [
        "Zahlbetrag|Gezahlt|Zahlungsbetrag|Bezahlt",
        "Importe pagado|Importe cobrado|Cobrado|Importe",
        "Montant payé|Montant réglé|Règlement|Montant du règlement",
    ]),
    ("payment date", [
        "Zahlungsdatum|Zahldatum|Bezahlt am|Zahlungseingang",
        "Fecha pago|Fecha cobro",
        "Date paiement|Date de règlement|Payé le",
    ]),
    ("payment method", [
        "Zahlungsart|Zahlart|Zahlungsweise|Zahlungsmethode",
        "Forma de pago|Método de pago|Forma pago",
        "Mode de paiement|Mode de règlement|Moyen de paiement",
    ]),
    ("payment reference", [
        "Verwendungszweck|Zahlungsreferenz",
        "Referencia pago|Concepto pago",
        "Référence paiement|Référence règlement",
    ]),
    ("shipping name", [
        "Lieferempfänger|Empfänger|Lieferadresse Name",
        "Destinatario|Nombre envío",
        "Destinataire|Nom de livraison",
    ]),
    ("shipping address", [
        "Lieferadresse|Lieferanschrift|Lieferstraße",
        "Dirección entrega|Dirección envío",
        "Adresse livraison|Adresse de livraison",
    ]),
    ("shipping city", [
        "Lieferort|Lieferadresse Ort",
        "Población entrega|Ciudad envío",
        "Ville livraison|Ville de livraison",
    ]),
    ("shipping postal code", [
        "Liefer-PLZ|Lieferadresse PLZ",
        "Código postal entrega|Código postal envío",
        "Code postal livraison|CP livraison",
    ]),
];
